"""Verifying names what was altered beside the trail, by whomever (11.10(a))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from shared.queries import audit_trail
from tests.database import APPLICATION, Office, acting, make_organisation

if TYPE_CHECKING:
    from collections.abc import Callable

    Beside = Callable[..., None]


def entry_of(superuser: Any, record: object) -> int:
    found: int = superuser.run("select id from audit_entries where record_id = :id order by id limit 1", id=record)[0][0]
    return found


def test_an_untouched_trail_is_intact(office: Office) -> None:
    for number in range(3):
        office.record(f"SOP-{number}")
    assert office.verifies() == {"intact": True, "entries": 6, "first_broken": None}


@pytest.mark.clause("11.10(a)")
@pytest.mark.parametrize(
    "alteration",
    [
        "actor = 'person:' || gen_random_uuid()",
        "at = at + interval '1 second'",
        "reason = 'Nothing to see'",
        "new = jsonb_set(new::jsonb, '{title}', '\"Other\"')",
        "new = jsonb_set(new::jsonb, '{content,steps,1}', '3')",
        "operation = 'update'",
        "source = 'web'",
        "step = 'other'",
        "cause = ''",
        "request_id = ''",
        "record_id = gen_random_uuid()",
        "row_key = gen_random_uuid()",
        "ordinal = 2",
        "xid = xid + 100000",
        "organisation_id = gen_random_uuid()",
        "old = '{}'",
        "digest = sha256('')",
        "table_name = 'notes'",
        "id = id + 1000000",
    ],
)
def test_an_altered_entry_is_named(
    office: Office,
    beside: Beside,
    superuser: Any,
    alteration: str,
) -> None:
    office.record("SOP-1")
    record = office.record("SOP-2")
    office.record("SOP-3")
    entry = entry_of(superuser, record)
    beside(f"update audit_entries set {alteration} where id = :id", id=entry)
    answer = office.verifies()
    assert not answer["intact"]
    broken = answer["first_broken"]
    if alteration.startswith(("at", "xid", "organisation_id", "id")):
        assert broken["cause"] in {"missing", "altered", "unlinked"}
    else:
        assert (broken["entry"], broken["cause"]) == (entry, "altered")


@pytest.mark.clause("11.10(a)")
def test_an_entry_altered_together_with_its_digest_is_named_by_its_link(
    office: Office,
    beside: Beside,
    superuser: Any,
) -> None:
    entry = entry_of(superuser, office.record())
    beside("update audit_entries set reason = 'Nothing to see' where id = :id", id=entry)
    beside("update audit_entries e set digest = audit_entry_digest(e) where id = :id", id=entry)
    broken = office.verifies()["first_broken"]
    assert (broken["entry"], broken["cause"]) == (entry, "link")


def test_a_link_rewritten_to_fit_is_named_by_the_next_one(office: Office, beside: Beside, superuser: Any) -> None:
    office.database.close()
    records = [office.record(f"SOP-{number}") for number in range(3)]  # one connection, so one lane
    entry = entry_of(superuser, records[0])
    beside("update audit_entries set reason = 'Nothing to see' where id = :id", id=entry)
    beside("update audit_entries e set digest = audit_entry_digest(e) where id = :id", id=entry)
    beside(
        "update audit_links l set digest = audit_link_digest(l.previous, l.chain, l.lane, l.sequence, l.xid, l.entries, e.digest)"
        " from audit_entries e where e.id = :id and l.chain = e.chain and l.xid = e.xid",
        id=entry,
    )
    broken = office.verifies()["first_broken"]
    assert (broken["entry"], broken["cause"]) == (entry_of(superuser, records[1]), "order")


@pytest.mark.parametrize("link_too", [False, True])
def test_a_deleted_entry_is_found(office: Office, beside: Beside, superuser: Any, *, link_too: bool) -> None:
    office.database.close()
    records = [office.record(f"SOP-{number}") for number in range(3)]
    entry = entry_of(superuser, records[1])
    if link_too:
        beside("delete from audit_links l using audit_entries e where e.id = :id and l.chain = e.chain and l.xid = e.xid", id=entry)
    beside("delete from audit_entries where id = :id", id=entry)
    answer = office.verifies()
    assert not answer["intact"]
    assert answer["first_broken"]["cause"] == ("order" if link_too else "missing")


def test_what_is_cut_out_of_a_persons_own_chain_is_found(office: Office, beside: Beside, superuser: Any) -> None:
    for name in ("app.actor", "app.step"):
        superuser.run("select set_config(:name, 'update_me', false)", name=name)
    for name in ("Anna", "Anne", "Annette"):
        superuser.run("update people set name = :name where id = :id", name=name, id=office.person)
    assert office.verifies()["intact"]
    cut = superuser.run("select max(sequence) - 1 from audit_links where chain = :id", id=office.person)[0][0]
    beside(
        "delete from audit_entries e using audit_links l where l.chain = :id and l.sequence = :cut and e.chain = l.chain and e.xid = l.xid",
        id=office.person,
        cut=cut,
    )
    beside("delete from audit_links where chain = :id and sequence = :cut", id=office.person, cut=cut)
    broken = office.verifies()["first_broken"]
    assert (broken["cause"], broken["sequence"], broken["table"]) == ("order", cut + 1, "people")


def test_the_newest_transaction_deleted_with_its_link_is_found_by_its_row(
    office: Office,
    beside: Beside,
    superuser: Any,
) -> None:
    record = office.record()
    entry = entry_of(superuser, record)
    beside("delete from audit_links l using audit_entries e where e.id = :id and l.chain = e.chain and l.xid = e.xid", id=entry)
    beside("delete from audit_entries where id = :id", id=entry)
    broken = office.verifies()["first_broken"]
    assert (broken["table"], broken["row"], broken["cause"]) == ("records", str(record), "row unknown")


def test_an_entry_without_a_link_is_found(office: Office, superuser: Any) -> None:
    superuser.run("alter table audit_entries disable trigger audit_link")
    record = office.record()
    superuser.run("alter table audit_entries enable trigger audit_link")
    broken = office.verifies()["first_broken"]
    assert (broken["entry"], broken["cause"]) == (entry_of(superuser, record), "unlinked")


def test_an_entry_added_after_the_link_is_found(office: Office) -> None:
    with office.database.transaction(role=APPLICATION, settings=acting(office.id, office.person)) as tx:
        for name in ("QA", "QC"):
            tx.rows("insert into teams (organisation_id, id, name) values (:o, :id, :name)", o=office.id, id=uuid4(), name=name)
            tx.rows("set constraints all immediate")
    assert office.verifies()["first_broken"]["cause"] == "missing"


def test_links_out_of_order_are_found(office: Office, beside: Beside, superuser: Any) -> None:
    office.database.close()
    for number in range(3):
        office.record(f"SOP-{number}")
    lane = superuser.run("select lane, max(sequence) from audit_links where chain = :c group by lane order by 2", c=office.id)[-1]
    for former, later in ((lane[1], 1000), (lane[1] - 1, lane[1]), (1000, lane[1] - 1)):
        beside(
            "update audit_links set sequence = :later where chain = :c and lane = :lane and sequence = :former",
            c=office.id,
            lane=lane[0],
            former=former,
            later=later,
        )
    assert not office.verifies()["intact"]


@pytest.mark.clause("11.10(a)")
@pytest.mark.parametrize(
    ("table", "alteration"),
    [
        ("records", "content = jsonb_set(content, '{summary}', '\"other\"')"),
        ("records", "due_on = '2027-01-01'"),
        ("records", "content = jsonb_set(content, '{steps,2}', '3')"),
        ("members", "role = 'operator'"),
        ("organisations", "settings = '{\"signatures\": 0}'"),
        ("people", "email = 'mallory@demo.example'"),
        ("people", "salt = gen_random_uuid()"),
    ],
)
def test_a_row_altered_beside_the_trigger_is_named(
    office: Office,
    beside: Beside,
    superuser: Any,
    table: str,
    alteration: str,
) -> None:
    record = office.record()
    beside(f"update {table} set {alteration}")
    broken = office.verifies()["first_broken"]
    key = {"records": record, "organisations": office.id}.get(table, office.person)
    entry = superuser.run("select max(id) from audit_entries where table_name = :t and row_key = :k", t=table, k=str(key))[0][0]
    assert (broken["table"], broken["row"], broken["entry"], broken["cause"]) == (table, str(key), entry, "row altered")


@pytest.mark.clause("11.10(a)")
def test_a_row_deleted_or_made_beside_the_trigger_is_named(office: Office, beside: Beside) -> None:
    record = office.record()
    beside("delete from records where id = :id", id=record)
    broken = office.verifies()["first_broken"]
    assert (broken["table"], broken["row"], broken["cause"]) == ("records", str(record), "row missing")
    made = uuid4()
    beside(
        "insert into records (organisation_id, id, kind, number, title, owner_id, status, created_by, content)"
        " values (:o, :id, 'document', 'SOP-2026-0001', 'Cleaning', :p, 'draft', :p, '{}')",
        o=office.id,
        id=record,
        p=office.person,
    )
    assert office.verifies()["first_broken"]["cause"] == "row altered"
    beside("insert into teams (organisation_id, id, name) values (:o, :id, 'QC')", o=office.id, id=made)
    beside("delete from records where id = :id", id=record)
    assert office.verifies()["first_broken"]["table"] == "teams"


def test_a_column_that_a_later_migration_adds_is_no_alteration(office: Office, superuser: Any) -> None:
    office.record()
    superuser.run("alter table records add column language text not null default 'en'")
    assert office.verifies()["intact"]


def test_one_organisation_never_verifies_another(office: Office, beside: Beside, superuser: Any) -> None:
    record = office.record()
    other, person = make_organisation(office.database, "Other")
    beside("update audit_entries set reason = 'x' where id = :id", id=entry_of(superuser, record))
    with office.database.transaction(role=APPLICATION, settings=acting(other, person)) as tx:
        assert audit_trail.verify(tx)["intact"]
        assert audit_trail.entries(tx, record_id=record) == []
    assert not office.verifies()["intact"]


def test_pages_leave_nothing_out(office: Office, beside: Beside, superuser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_trail, "PAGE", 3)
    records = [office.record(f"SOP-{number}") for number in range(20)]
    assert office.verifies() == {"intact": True, "entries": 23, "first_broken": None}
    for record in (records[0], records[11], records[19]):
        beside("update records set title = 'Other' where id = :id", id=record)
        assert office.verifies()["first_broken"]["row"] == str(record)
        beside("update records set title = 'Cleaning' where id = :id", id=record)
    assert office.verifies()["intact"]


def test_entries_are_listed_by_record_person_and_time(office: Office) -> None:
    records = [office.record(f"SOP-{number}") for number in range(3)]
    everything = office.reads(audit_trail.entries)
    assert [entry.table_name for entry in everything] == ["records"] * 3 + ["members", "organisations"]
    assert [entry.record_id for entry in office.reads(lambda tx: audit_trail.entries(tx, record_id=records[1]))] == [records[1]]
    assert office.reads(lambda tx: audit_trail.entries(tx, person_id=uuid4())) == []
    assert len(office.reads(lambda tx: audit_trail.entries(tx, person_id=office.person, limit=2))) == 2
    before = office.reads(lambda tx: audit_trail.entries(tx, before_id=everything[2].id))
    assert [entry.id for entry in before] == [entry.id for entry in everything[3:]]
    between = office.reads(lambda tx: audit_trail.entries(tx, from_=everything[1].at, to=everything[1].at))
    assert [entry.id for entry in between] == [everything[1].id]
