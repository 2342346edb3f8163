"""The audit trail: written by the database in the same transaction, chained, altered by nobody unnoticed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from shared.db.server_errors import StatementFailed
from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence
from shared.queries import audit_trail
from tests.database import APPLICATION, RECORD, Office, acting

if TYPE_CHECKING:
    from shared.db.database import Database


@pytest.mark.clause("11.10(e)")
def test_who_when_old_new_and_why_are_written_with_each_change(office: Office) -> None:
    record = office.record()
    office.does("update records set title = 'Cleaning of line 2', revision = 2 where id = :id", because="A second line", id=record)
    newest, oldest = office.reads(lambda tx: audit_trail.entries(tx, record_id=record))
    assert (oldest.operation, oldest.old, oldest.reason) == ("insert", None, "test_step")
    assert oldest.new["content"] == {"summary": "as signed", "steps": [1, 2]}
    assert (newest.operation, newest.actor, newest.step) == ("update", f"person:{office.person}", "test_step")
    assert (newest.reason, newest.request_id, newest.source) == ("A second line", "request", "api")
    assert (newest.old["title"], newest.new["title"]) == ("Cleaning", "Cleaning of line 2")
    assert "search" not in newest.new
    assert newest.at == office.reads(lambda tx: tx.row("select max(at) as at from audit_entries").at)


def test_a_deletion_leaves_the_old_values(office: Office) -> None:
    team = uuid4()
    office.does("insert into teams (organisation_id, id, name) values (:o, :id, 'QC')", o=office.id, id=team)
    office.does(
        "insert into team_members (organisation_id, team_id, person_id) values (:o, :id, :p)", o=office.id, id=team, p=office.person
    )
    office.does("delete from team_members where team_id = :id", id=team)
    newest = office.reads(lambda tx: audit_trail.entries(tx, limit=1))[0]
    assert (newest.table_name, newest.operation, newest.new) == ("team_members", "delete", None)
    assert newest.old["person_id"] == str(office.person)
    assert office.verifies()["intact"]


def test_an_update_that_changes_nothing_is_not_written(office: Office) -> None:
    record = office.record()
    office.does("update records set title = title where id = :id", id=record)
    assert len(office.reads(lambda tx: audit_trail.entries(tx, record_id=record))) == 1


@pytest.mark.clause("11.10(e)")
@pytest.mark.parametrize("missing", ["app.actor", "app.step"])
def test_a_write_without_actor_or_step_is_refused(office: Office, missing: str) -> None:
    who = acting(office.id, office.person) | {missing: ""}
    with pytest.raises(StatementFailed) as caught, office.database.transaction(role=APPLICATION, settings=who) as tx:
        tx.rows("insert into teams (organisation_id, id, name) values (:o, :id, 'QC')", o=office.id, id=uuid4())
    assert caught.value.sqlstate == "QF001"


@pytest.mark.clause("11.10(e)")
@pytest.mark.parametrize("role", [APPLICATION, "qfacts_directory", "qfacts_job"])
@pytest.mark.parametrize("table", ["audit_entries", "audit_links"])
@pytest.mark.parametrize(
    "sql",
    [
        "update <table> set xid = 1",
        "delete from <table>",
        "truncate <table>",
        "insert into <table> select * from <table>",
        "alter table <table> disable trigger all",
        "drop table <table>",
    ],
)
def test_no_role_of_the_product_can_alter_the_trail(office: Office, role: str, table: str, sql: str) -> None:
    who = acting(office.id, office.person)
    with pytest.raises(StatementFailed) as caught, office.database.transaction(role=role, settings=who) as tx:
        tx.rows(sql.replace("<table>", table))
    assert caught.value.sqlstate == "42501"


@pytest.mark.clause("11.10(e)")
@pytest.mark.parametrize(
    "sql",
    [
        "update audit_entries set reason = 'x'",
        "delete from audit_entries",
        "truncate audit_entries",
        "delete from audit_links",
        "truncate audit_links",
        "truncate notes cascade",
    ],
)
def test_not_even_the_superuser_alters_what_is_recorded_by_accident(office: Office, superuser: Any, sql: str) -> None:
    office.record()
    with pytest.raises(Exception, match="what is recorded stays"):
        superuser.run(sql)


@pytest.mark.parametrize("table", ["signatures", "rounds", "versions", "notes", "version_files"])
def test_the_application_can_alter_nothing_signed(office: Office, table: str) -> None:
    column = {"versions": "content", "signatures": "meaning", "rounds": "frozen"}.get(table, "revision")
    for sql in (f"update {table} set {column} = {column}", f"delete from {table}"):
        with pytest.raises(StatementFailed, match="42501"):
            office.does(sql)


def test_a_transaction_has_one_link_a_chain(office: Office, superuser: Any) -> None:
    before = superuser.run("select count(*) from audit_links")[0][0]
    with office.database.transaction(role=APPLICATION, settings=acting(office.id, office.person)) as tx:
        for number in range(5):
            tx.rows(RECORD, o=office.id, id=uuid4(), p=office.person, number=f"SOP-{number}", content={})
        tx.rows("update people set name = 'Bea' where id = :id", id=office.person)
    links = superuser.run("select chain, entries from audit_links order by at desc, entries desc")[: -before or None]
    assert links == [[office.id, 5], [office.person, 1]]


def test_a_rolled_back_transaction_leaves_nothing(office: Office, superuser: Any) -> None:
    before = superuser.run("select (select count(*) from audit_entries), (select count(*) from audit_links)")
    with (  # noqa: PT012 - the refusal comes after the write
        pytest.raises(errors.Conflict),
        office.database.transaction(role=APPLICATION, settings=acting(office.id, office.person)) as tx,
    ):
        tx.rows(RECORD, o=office.id, id=uuid4(), p=office.person, number="SOP-1", content={})
        raise errors.Conflict(Sentence("no", "No."))
    assert superuser.run("select (select count(*) from audit_entries), (select count(*) from audit_links)") == before


def test_writers_at_the_same_time_take_lanes_of_their_own(database: Database, superuser: Any) -> None:
    office = Office(database)
    inside = threading.Barrier(2, timeout=10)

    def write(number: int) -> None:
        for step in range(20):
            with database.transaction(role=APPLICATION, settings=acting(office.id, office.person)) as tx:
                tx.rows(RECORD, o=office.id, id=uuid4(), p=office.person, number=f"SOP-{number}-{step}", content={})
                tx.rows("set constraints all immediate")  # takes the lane now, so that both are held at once
                inside.wait()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert superuser.run("select count(distinct lane) >= 2, count(*) from audit_links where chain = :c", c=office.id) == [[True, 41]]
    assert office.verifies()["intact"]


def test_with_every_lane_taken_a_writer_waits_for_one(database: Database, superuser: Any) -> None:
    office = Office(database)
    superuser.run("begin")
    superuser.run(
        "select pg_advisory_xact_lock(hashtextextended(:chain::text, lane)) from generate_series(0, 15) lane".replace(
            ":chain::text", f"'{office.id}'"
        )
    )
    who = acting(office.id, office.person) | {"lock_timeout": "100ms"}
    sql = "insert into teams (organisation_id, id, name) values (:o, :id, 'QC')"
    with pytest.raises(errors.Unavailable), database.transaction(role=APPLICATION, settings=who) as tx:
        tx.rows(sql, o=office.id, id=uuid4())
    superuser.run("rollback")
    office.does(sql, o=office.id, id=uuid4())
    assert office.verifies()["intact"]


def test_no_address_or_name_of_a_person_is_in_the_trail(office: Office, superuser: Any) -> None:
    office.does(
        "insert into invitations (organisation_id, id, email, secret_sha256, expires_at, invited_by)"
        " values (:o, :id, 'bob@demo.example', repeat('a', 64), now(), :p)",
        o=office.id,
        id=uuid4(),
        p=office.person,
    )
    office.does("update people set email = 'ann@new.example' where id = :id", id=office.person)
    trail = superuser.run("select coalesce(old::text, '') || coalesce(new::text, '') from audit_entries")
    for (image,) in trail:
        for secret in ("example", "Ann", "salt"):
            assert secret not in image
    digest = superuser.run("select encode(sha256(convert_to(salt::text || email, 'UTF8')), 'hex') from people")[0][0]
    assert any(digest in image for (image,) in trail)


def test_erasing_a_person_breaks_no_chain(office: Office, superuser: Any) -> None:
    superuser.run("select set_config('app.actor', 'person:x', false), set_config('app.step', 'erase_person', false)")
    superuser.run("update people set email = null, name = null, salt = null where id = :id", id=office.person)
    assert office.verifies() == {"intact": True, "entries": 4, "first_broken": None}
