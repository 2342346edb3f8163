"""The tallies of the dashboard are exactly what counting says, whatever happens and however many write at once."""

from __future__ import annotations

import random
import threading
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from shared.domain.records import kinds
from tests.database import acting
from tests.functions.records.moments import moment

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from tests.database import Office


KEPT = "select measure, kind, day, days, sum(n) as n from tallies group by 1, 2, 3, 4 having sum(n) <> 0"
COUNTED = "select measure, kind, day, days, n from count_tallies()"
KINDS = ("document", "training", "event", "investigation", "capa_plan")
ZONES = ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Brussels", "Asia/Kathmandu")
DAYS = (None, "2025-01-31", "2026-02-28", "2026-12-31")


def tallies(tx: Transaction, sql: str) -> dict[tuple[Any, ...], int]:
    """How many of each key there are."""
    return {row[:4]: int(row[4]) for row in tx.rows(sql)}


def compare(office: Office) -> int:
    """How many keys there are, where the tallies and counting agree on each."""
    kept, counted = (office.reads(partial(tallies, sql=sql)) for sql in (KEPT, COUNTED))
    assert kept == counted
    return len(kept)


class Walk:
    """Random inserts and updates of all that is tallied."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.rng = office, random.Random(seed)  # noqa: S311 - nothing secret
        self.number = 0

    def step(self) -> None:
        """One statement, of one row or of many."""
        self.number += 1
        {1: self.record, 2: self.change, 3: self.action, 4: self.assignment, 5: self.move, 6: self.move, 7: self.move, 8: self.zone}[
            self.rng.randrange(1, 9)
        ]()

    def status_of(self, kind: str) -> str:
        """Some status of a kind's records."""
        return self.rng.choice(kinds.KINDS[kind].workflow.statuses)

    def record(self) -> None:
        """Some records of a kind."""
        kind, count = self.rng.choice(KINDS), self.rng.choice((1, 1, 5))
        self.office.does(
            "insert into records (organisation_id, id, kind, number, title, owner_id, status, created_by, created_at, due_on, closed_at)"
            " select :o::uuid, gen_random_uuid(), :kind, :number || n, 'Cleaning', :p::uuid, :status, :p::uuid, :at, :due::date, :closed"
            " from generate_series(1, :count::int) n",
            o=self.office.id,
            p=self.office.person,
            kind=kind,
            number=f"R-{self.number}-",
            at=moment(self.rng),
            count=count,
            status=self.status_of(kind),
            due=self.rng.choice(DAYS),
            closed=self.rng.choice((None, moment(self.rng))),
        )

    def change(self) -> None:
        """A change."""
        self.office.does(
            "insert into changes (organisation_id, id, number, title, reason, owner_id, status, created_at, updated_at)"
            " values (:o::uuid, gen_random_uuid(), :number, 'T', 'R', :p::uuid, :status, :at, :then)",
            o=self.office.id,
            p=self.office.person,
            number=f"C-{self.number}",
            at=moment(self.rng),
            then=moment(self.rng),
            status=self.rng.choice(("draft", "in_approval", "applied", "discarded")),
        )

    def action(self) -> None:
        """An action of some record."""
        status = self.rng.choice(("open", "done", "verified", "cancelled"))
        self.office.does(
            "insert into actions (organisation_id, id, record_id, key, number, kind, description, owner_id, status, due_on,"
            " original_due_on, closed_at, created_at) select :o::uuid, gen_random_uuid(), r.id, :key, 'A', 'corrective', 'D', :p::uuid,"
            " :status, :due::date, :due::date, :closed, :at from records r limit 1",
            o=self.office.id,
            p=self.office.person,
            key=str(self.number),
            due=self.rng.choice(DAYS[1:]),
            at=moment(self.rng),
            status=status,
            closed=moment(self.rng) if status in ("verified", "cancelled") else None,
        )

    def assignment(self) -> None:
        """An assignment that is over."""
        status = self.rng.choice(("completed", "waived", "obsolete"))
        self.office.does(
            "insert into assignments (organisation_id, id, record_id, version, person_id, status, cause, due_on, completed_at, closed_at,"
            " created_at) select :o::uuid, gen_random_uuid(), v.record_id, v.version, :p::uuid, :status, 'test', :due::date,"
            " case when :status = 'completed' then :closed::timestamptz end, :closed::timestamptz, :at from versions v limit 1",
            o=self.office.id,
            p=self.office.person,
            due=self.rng.choice(DAYS[1:]),
            status=status,
            closed=moment(self.rng),
            at=moment(self.rng),
        )

    def zone(self) -> None:
        """The organisation in another time zone."""
        self.office.does("update organisations set time_zone = :zone where id = :o", zone=self.rng.choice(ZONES), o=self.office.id)

    def move(self) -> None:
        """Some rows of a table on to another state."""
        closed = self.rng.choice((None, moment(self.rng)))
        some = "id in (select id from {} order by md5(id::text || :salt) limit :count::int)"
        values: dict[str, Any] = {"salt": str(self.number), "count": self.rng.choice((1, 1, 4))}
        table = self.rng.choice(("records", "changes", "actions", "assignments"))
        moves: dict[str, tuple[str, dict[str, Any]]] = {
            "records": (
                "status = cast(:statuses as jsonb) ->> kind, closed_at = :closed, due_on = :due::date",
                {"statuses": {kind: self.status_of(kind) for kind in KINDS}, "closed": closed, "due": self.rng.choice(DAYS)},
            ),
            "changes": (
                "status = :status, updated_at = :then",
                {"status": self.rng.choice(("draft", "applied", "discarded")), "then": moment(self.rng)},
            ),
            "actions": (
                "status = :status, closed_at = :closed, due_on = :due::date",
                {"status": "open" if closed is None else "verified", "closed": closed, "due": self.rng.choice(DAYS[1:])},
            ),
            "assignments": (
                "status = :status, closed_at = :closed, completed_at = :closed, due_on = :due::date",
                {"status": "completed", "closed": moment(self.rng), "due": self.rng.choice(DAYS[1:])},
            ),
        }
        sets, more = moves[table]
        self.office.does(f"update {table} set {sets} where {some.format(table)}", **values, **more)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_walk_the_tallies_are_what_counting_says(office: Office, superuser: Any, seed: int) -> None:
    record = office.record()
    superuser.run("set session_replication_role = replica")
    superuser.run(
        "insert into versions (organisation_id, record_id, version, status, title, owner_id, content, content_sha256)"
        " values (:o, :r, 1, 'active', 'T', :p, '{}', :h)",
        o=office.id,
        r=record,
        p=office.person,
        h="0" * 64,
    )
    walk = Walk(office, seed)
    for number in range(60):
        walk.step()
        if number % 6 == 0:
            compare(office)
        if number % 20 == 19:
            compact(office)
    assert compare(office) > 5
    superuser.run("set session_replication_role = origin")
    superuser.run(
        "select set_config('app.organisation_id', :o, false), set_config('app.actor', 'system:test', false),"
        " set_config('app.step', 'test', false)",
        o=str(office.id),
    )
    superuser.run("delete from actions")
    compare(office)


def compact(office: Office) -> int:
    """As the scheduled function does it; how many rows fewer there are."""
    with office.database.transaction(role="qfacts_job", settings=acting(office.id)) as tx:
        return int(tx.row("select compact_tallies() as fewer").fewer)


def rows(office: Office) -> int:
    return int(office.reads(lambda tx: tx.row("select count(*) as n from tallies").n))


def test_adding_up_leaves_one_row_a_key_and_nothing_to_do_again(office: Office) -> None:
    for number in range(6):
        office.record(f"SOP-2026-{number:04d}")
    office.does("update records set status = 'effective'")
    before = rows(office)
    assert compact(office) == before - rows(office)
    assert rows(office) == compare(office) == 1  # six opened in one month; none is open any more
    assert compact(office) == 0


def test_a_change_that_counts_as_nothing_new_writes_nothing(office: Office) -> None:
    office.record()
    before = rows(office)
    office.does("update records set title = 'Another', revision = revision + 1")
    assert rows(office) == before


def test_what_is_rolled_back_is_never_counted(office: Office) -> None:
    def refused() -> None:
        with office.database.transaction(role="qfacts_application", settings=acting(office.id, office.person)) as tx:
            tx.rows(
                "insert into changes (organisation_id, id, number, title, reason, owner_id) values (:o, :id, 'C', 'T', 'R', :p)",
                o=office.id,
                id=uuid4(),
                p=office.person,
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        refused()
    assert rows(office) == 0


def test_writers_and_adding_up_at_once_lose_nothing(office: Office) -> None:
    def write(name: str) -> None:
        for number in range(15):
            office.record(f"{name}-{number}")

    def add_up() -> None:
        for _ in range(15):
            compact(office)

    threads = [threading.Thread(target=write, args=("A",)), threading.Thread(target=add_up), threading.Thread(target=add_up)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    compare(office)
    assert office.reads(lambda tx: tx.row("select sum(n) as n from tallies where measure = 'opened'").n) == 15


def test_an_organisation_moves_once_those_who_are_counting_are_done(office: Office) -> None:
    def move() -> None:
        office.does("update organisations set time_zone = 'Pacific/Kiritimati'")

    with office.database.transaction(role="qfacts_application", settings=acting(office.id, office.person)) as tx:
        tx.rows(
            "insert into records (organisation_id, id, kind, number, title, owner_id, status, created_by, created_at)"
            " values (:o::uuid, gen_random_uuid(), 'event', 'EVT-1', 'T', :p::uuid, 'reported', :p::uuid, '2026-02-28 23:30+00')",
            o=office.id,
            p=office.person,
        )
        thread = threading.Thread(target=move)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(10)
    assert not thread.is_alive()
    assert compare(office) == 2
    months = office.reads(lambda tx: tx.rows("select day from tallies where measure = 'opened' group by day having sum(n) > 0"))
    assert [str(row.day) for row in months] == ["2026-03-01"]


@pytest.mark.parametrize("role", ["qfacts_application", "qfacts_job", "qfacts_directory", "qfacts_backup", "qfacts_login"])
def test_nobody_writes_tallies_beside_the_triggers(superuser: Any, role: str) -> None:
    for right in ("insert", "update", "delete", "truncate"):
        assert superuser.run("select has_table_privilege(:role, 'tallies', :right)", role=role, right=right) == [[False]]
    may = superuser.run("select has_function_privilege(:role, 'compact_tallies()', 'execute')", role=role)
    assert may == [[role == "qfacts_job"]]
