"""The dashboard: its tallies are exactly what counting says, whatever happens; and what waits for whom."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from shared.domain.records import kinds
from shared.queries.dashboard import SHOWN
from tests.builders import as_superuser, company, document, submitted
from tests.database import acting
from tests.product import Product

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


def moment(rng: random.Random) -> datetime:
    """Some moment of the last three years, near midnight as often as not."""
    day = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(1000))
    return day + rng.choice((timedelta(0), timedelta(seconds=-1), timedelta(hours=rng.randrange(24))))


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


def test_the_dashboard_says_how_the_work_stands(product: Product) -> None:
    firm = company(product, "action_owner", "qa", "second_qa", "operator", "inspector")
    owner, qa = firm.action_owner, firm.qa
    firm.admin.post("update_organisation", time_zone="UTC").ok  # where no day has 23 or 25 hours
    document(owner, "Draft of mine")
    asked = submitted(owner, document(owner, "To approve")["change"])
    late = (
        "insert into records (organisation_id, id, kind, number, title, owner_id, created_by, status, created_at, due_on, closed_at)"
        " select :o, gen_random_uuid(), 'event', 'EVT-' || n, 'Late', :p, :p, case when n > 3 then 'closed' else 'reported' end,"
        " now() - interval '1 day' * 9 * n, current_date - 5, case when n > 3 then now() - interval '1 day' * 5 * n end"
        " from generate_series(1, 6) n"
    )
    as_superuser(product, late, firm.id, o=firm.id, p=owner.id)
    shown = qa.get("get_dashboard").ok
    opened = {row["kind"]: row for row in shown["open_by_kind"]}
    assert opened["event"] == {"kind": "event", "total": 3, "ages": {"under_7": 0, "to_30": 3, "to_90": 0, "over_90": 0}}
    assert (opened["change"]["total"], opened["document"]["total"]) == (2, 2)
    assert shown["overdue"] == [{"kind": "event", "count": 3}]
    assert shown["cycle_time"] == [{"kind": "event", "closed": 3, "median_days": 20.0}]
    assert (len(shown["trend"]), sum(row["opened"] for month in shown["trend"] for row in month["kinds"] if row["kind"] == "event")) == (
        12,
        6,
    )
    assert shown["training_compliance"] == {"assigned": 0, "completed": 0, "overdue": 0, "waived": 0, "percent": None}
    requests = shown["my_tasks"]["approval_requests"]
    assert (requests["count"], requests["items"][0]["id"]) == (1, asked["approval_request"]["id"])
    mine = owner.get("get_dashboard").ok["my_tasks"]
    assert (mine["changes"]["count"], mine["approval_requests"]["count"]) == (2, 0)
    assert mine["changes"]["items"][0]["number"] == asked["change"]["number"]
    assert set(firm.operator.get("get_dashboard").ok.body) == {"my_tasks"}
    assert set(firm.inspector.get("get_dashboard").ok.body) == set(shown.body)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # 25 hours apart
def test_days_and_months_are_those_of_the_organisation_and_move_with_it(product: Product, zone: str) -> None:
    firm = company(product, "action_owner", "qa")
    there = datetime.now(ZoneInfo(zone))
    moments = {
        "under_7": (there - timedelta(days=6)).replace(hour=0, minute=5),
        "to_30": (there - timedelta(days=7)).replace(hour=23, minute=55),
    }
    for age, at in moments.items():
        if age == "to_30":
            firm.admin.post("update_organisation", time_zone=zone).ok
        as_superuser(
            product,
            "insert into records (organisation_id, id, kind, number, title, owner_id, created_by, status, created_at)"
            " values (:o, gen_random_uuid(), 'event', :number, 'T', :p, :p, 'reported', cast(:at as timestamptz))",
            firm.id,
            o=firm.id,
            p=firm.qa.id,
            number=f"EVT-{at:%H%M}",
            at=at.isoformat(),
        )
    shown = firm.qa.get("get_dashboard").ok
    [row] = shown["open_by_kind"]
    assert row["ages"] == {"under_7": 1, "to_30": 1, "to_90": 0, "over_90": 0}
    months = {month["month"]: one["opened"] for month in shown["trend"] for one in month["kinds"] if one["opened"]}
    assert months == Counter(f"{at:%Y-%m}" for at in moments.values())


def test_a_request_is_due_on_the_organisations_day(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    asked = submitted(firm.action_owner, document(firm.action_owner)["change"])["approval_request"]
    moment = "update approval_requests set expires_at = cast('2030-01-31T23:30Z' as timestamptz) where id = cast(:id as uuid)"
    as_superuser(product, moment, firm.id, id=asked["id"])
    for zone, day in (("UTC", "2030-01-31"), ("Europe/Brussels", "2030-02-01")):
        firm.admin.post("update_organisation", time_zone=zone).ok
        [task] = firm.qa.get("get_dashboard").ok["my_tasks"]["approval_requests"]["items"]
        assert task["due_on"] == day


def test_of_many_tasks_the_most_pressing_are_shown_and_a_hundred_counted(product: Product) -> None:
    firm = company(product, "action_owner", "qa", "second_qa")
    owner, made = firm.action_owner, document(firm.action_owner)["record"]["id"]
    as_superuser(
        product,
        "insert into actions (organisation_id, id, record_id, key, number, kind, description, owner_id, due_on, original_due_on)"
        " select :o, gen_random_uuid(), :r, n::text, 'A' || n, 'corrective', 'Do it', :p, current_date + n, current_date + n"
        " from generate_series(1, 130) n",
        firm.id,
        o=firm.id,
        r=made,
        p=owner.id,
    )
    actions = owner.get("get_dashboard").ok["my_tasks"]["actions"]
    assert (actions["count"], [one["number"] for one in actions["items"]]) == (100, [f"A{n}" for n in range(1, SHOWN + 1)])
    assert UUID(actions["items"][0]["record_id"]) == UUID(made)
    assert firm.qa.get("get_dashboard").ok["my_tasks"]["actions"]["count"] == 0


def test_an_extension_is_for_other_qa_than_who_asked(product: Product) -> None:
    firm = company(product, "action_owner", "qa", "second_qa")
    made = document(firm.action_owner)["record"]["id"]
    as_superuser(
        product,
        "insert into extensions (organisation_id, id, record_id, requested_by, reason, due_on_before, due_on)"
        " values (:o, gen_random_uuid(), :r, :p, 'Ill', current_date, current_date + 9)",
        firm.id,
        o=firm.id,
        r=made,
        p=firm.qa.id,
    )
    counts = {
        name: firm.people[name].get("get_dashboard").ok["my_tasks"]["extensions"]["count"] for name in ("qa", "second_qa", "action_owner")
    }
    assert counts == {"qa": 0, "second_qa": 1, "action_owner": 0}


def test_another_organisations_work_counts_nowhere(product: Product) -> None:
    firm, other = company(product, "action_owner", "qa"), company(product, "action_owner", "qa")
    document(other.action_owner)
    shown = firm.qa.get("get_dashboard").ok
    assert (shown["open_by_kind"], shown["overdue"], shown["my_tasks"]["changes"]["count"]) == ([], [], 0)


def test_tasks_come_from_indexes(database_name: str, superuser: Any, office: Office) -> None:
    superuser.run("set enable_seqscan = off")
    for table, condition in (
        ("assignments", "person_id = :p and closed_at is null order by due_on, id"),
        ("actions", "owner_id = :p and closed_at is null order by due_on, id"),
        ("changes", "owner_id = :p and status in ('draft', 'in_approval') order by id desc"),
    ):
        plan = superuser.run(
            f"explain select * from {table} where organisation_id = :o and {condition} limit 100", o=office.id, p=office.person
        )
        text = "\n".join(row[0] for row in plan)
        assert "Index Scan" in text, text
        assert "Sort" not in text, text
    assert database_name
