"""The database factory: connections prove themselves, broken ones are thrown away, refusals are translated."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.db.database import Database
from shared.db.server_errors import StatementFailed
from shared.db.statements import parameters
from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence
from tests.database import APPLICATION, acting, make_organisation
from tests.db.found import found

if TYPE_CHECKING:
    from tests.database import Server


def test_a_transaction_has_its_role_its_settings_and_the_databases_time(database: Database) -> None:
    organisation, person = uuid4(), uuid4()
    with database.transaction(role=APPLICATION, settings=acting(organisation, person)) as tx:
        row = tx.row(
            "select current_user as role, current_setting('app.organisation_id')::uuid as organisation, now() as now,"
            " current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,"
            " current_setting('idle_in_transaction_session_timeout') as idle"
        )
        tx.set(**{"app.person_id": organisation})
        changed = tx.row("select current_setting('app.person_id') as person")
        assert (row.role, row.organisation, row.now) == (APPLICATION, organisation, tx.now)
        assert (row.statement, row.lock, row.idle) == ("10s", "5s", "15s")
        assert changed.person == str(organisation)
        assert tx.now.tzinfo is UTC
        assert tx.statements == 3


def test_nothing_of_a_transaction_stays_on_the_connection(database: Database) -> None:
    for _ in range(3):
        with database.transaction(role=APPLICATION, settings=acting(uuid4(), uuid4())) as tx:
            tx.row("select 1 as one")
    with database.transaction(role="qfacts_directory") as tx:
        row = tx.row("select current_setting('app.organisation_id', true) as organisation, current_user as role")
    assert (row.organisation or "", row.role) == ("", "qfacts_directory")


@pytest.mark.parametrize(
    ("value", "cast"),
    [
        (uuid4(), "uuid"),
        ("it's a :colon", "text"),
        (7, "int"),
        (2**40, "bigint"),
        (True, "boolean"),
        (None, "text"),
        (date(2026, 2, 28), "date"),
        (datetime(2026, 2, 28, 12, 0, 0, 5, tzinfo=UTC), "timestamptz"),
        ({"a": [1, {"b": None}], "ü": "\\"}, "jsonb"),
        (["a", 'q"u,o{t}e\\'], "text[]"),
        ([], "uuid[]"),
        ([uuid4()], "uuid[]"),
        (b"\x00\xff", "bytea"),
    ],
)
def test_a_value_comes_back_as_it_went(database: Database, value: object, cast: str) -> None:
    assert found(database, f"select :value::{cast} as value", value=value).value == value
    assert found(database, f"select cast(:value as {cast}) as value", value=value).value == value


def test_colons_that_name_no_parameter_are_left_alone() -> None:
    sql = "select ':a', \":b\", x::text, a[1 : 2], $$ :c $$, :d -- :e\n, /* :f */ :d::int, :g"
    statement, names = parameters(sql)
    assert names == ("d", "g")
    assert statement == "select ':a', \":b\", x::text, a[1 : 2], $$ :c $$, $1 -- :e\n, /* :f */ $1::int, $2"


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_is_taken_for_sql(database: Database, text: str) -> None:
    assert found(database, "select :value::text as value, :other::text[] as other", value=text, other=[text]) == (text, [text])


def test_a_wrong_parameter_is_named_before_anything_is_sent(database: Database) -> None:
    with pytest.raises(TypeError, match="'id'"):
        found(database, "select :id::uuid", ident=uuid4())


def test_a_refusal_rolls_back_and_keeps_the_connection(database: Database) -> None:
    organisation, person = make_organisation(database, "A")
    before = found(database, "select pg_backend_pid() as pid").pid
    with (  # noqa: PT012 - the refusal comes from the caller
        pytest.raises(errors.Conflict),
        database.transaction(role=APPLICATION, settings=acting(organisation, person)) as tx,
    ):
        tx.rows("insert into teams (organisation_id, id, name) values (:o, :id, 'QC')", o=organisation, id=uuid4())
        raise errors.Conflict(Sentence("closed", "The change is closed."))
    assert found(database, "select count(*) as teams from teams", who=acting(organisation, person)).teams == 0
    assert found(database, "select pg_backend_pid() as pid").pid == before


def test_any_other_exception_costs_the_connection(database: Database) -> None:
    before = found(database, "select pg_backend_pid() as pid").pid
    with pytest.raises(ZeroDivisionError), database.transaction(role=APPLICATION):
        raise ZeroDivisionError
    assert found(database, "select pg_backend_pid() as pid").pid != before


def test_a_broken_rule_is_a_conflict_with_its_sentence(database: Database) -> None:
    organisation, person = make_organisation(database, "A")
    for attempt in range(2):
        sql = "insert into teams (organisation_id, id, name) values (:o, :id, 'QC')"
        if attempt:
            with pytest.raises(errors.Conflict, match="A team of that name exists already"):
                found(database, sql, who=acting(organisation, person), o=organisation, id=uuid4())
        else:
            found(database, sql, who=acting(organisation, person), o=organisation, id=uuid4())
    with pytest.raises(errors.Conflict, match="load it again"):
        found(database, "insert into organisations (id, name) values (:o, ' ')", who=acting(UUID(int=5), person), o=UUID(int=5))


def test_a_failed_statement_that_the_caller_overlooks_is_not_committed(database: Database) -> None:
    organisation, person = make_organisation(database, "A")
    with (  # noqa: PT012 - the failure shows at the end
        pytest.raises(errors.Conflict),
        database.transaction(role=APPLICATION, settings=acting(organisation, person)) as tx,
    ):
        tx.rows("insert into teams (organisation_id, id, name) values (:o, :id, 'QC')", o=organisation, id=uuid4())
        with pytest.raises(errors.Conflict):
            tx.rows("insert into teams (organisation_id, id, name) values (:o, :id, 'QC')", o=organisation, id=uuid4())
    assert found(database, "select count(*) as teams from teams", who=acting(organisation, person)).teams == 0


def test_a_fault_of_ours_names_no_value_in_the_cloud(server: Server, database_name: str) -> None:
    def connect() -> Any:
        import pg8000.dbapi

        return pg8000.dbapi.connect("qfacts_login", database=database_name, unix_sock=f"{server.socket}/.s.PGSQL.5432")

    database = Database(connect)
    with pytest.raises(StatementFailed) as caught:
        found(database, "select :value::text::uuid", value="ann@demo.example")
    assert caught.value.sqlstate == "22P02"
    assert "ann" not in f"{caught.value} {caught.value.__context__ if not caught.value.__suppress_context__ else ''}"
    database.close()


def test_a_commit_that_a_deferred_trigger_refuses_is_translated(database: Database, superuser: Any) -> None:
    superuser.run(
        "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = '40001'; end $$"
    )
    superuser.run(
        "create constraint trigger refuse after insert on audit_links deferrable initially deferred for each row execute function refuse()"
    )
    with pytest.raises(errors.Contention):
        make_organisation(database, "A")
    superuser.run("drop trigger refuse on audit_links")
    make_organisation(database, "A")
    assert superuser.run("select count(*) from organisations") == [[1]]
