"""The clock that the demo organisation's year is lived by: the embedded server's superuser turns it, and nobody else can."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pg8000.native
import pytest

from infra.local.demo_year import clock
from infra.local.demo_year.actor import Actor
from infra.local.place import CHECKOUT, Place, Ports
from shared.domain.kernel.errors import Unauthenticated
from shared.google import identity
from tests.database import APPLICATION, Server

if TYPE_CHECKING:
    from shared.db.database import Database

PAST = datetime(2020, 5, 4, 8, 30, tzinfo=UTC)
REFUSED = "42501"  # insufficient privilege
DEFINITION = (
    "select p.prosrc, p.prolang, p.provolatile, p.proisstrict, p.proparallel, p.proowner from pg_proc p where p.oid = 'now()'::regprocedure"
)
TURNING = (
    "create or replace function pg_catalog.now() returns timestamptz language sql stable as 'select ''2020-01-01''::timestamptz'",
    "create function pg_catalog.now(integer) returns integer language sql as 'select 1'",
    "alter function pg_catalog.now() owner to current_user",
    "alter function pg_catalog.now() rename to earlier",
    "alter function pg_catalog.now() volatile",
    "drop function pg_catalog.now()",
)


def told(database: Database) -> datetime:
    """The moment that the product knows of, from its own connection and its own statement."""
    with database.transaction(role=APPLICATION, settings={}) as tx:
        again = tx.row("select now() as now").now
        assert again == tx.now
        return tx.now


def test_the_product_lives_in_the_past_while_the_clock_is_turned_and_in_the_present_afterwards(
    server: Server, database: Database, database_name: str
) -> None:
    def ask(statement: str) -> Any:
        with closing(server.connect(database_name)) as connection:
            return connection.run(statement)

    ordinary = ask(DEFINITION)
    ask("create table diary (written_at timestamptz not null default now())")
    assert abs(told(database) - datetime.now(UTC)) < timedelta(minutes=1)
    with clock.turned(Path(server.socket), database_name) as turned:
        for moment in (PAST, PAST + timedelta(days=40)):
            turned.turn(moment)
            assert timedelta() <= told(database) - moment < timedelta(minutes=1)
            ask("insert into diary default values")
        assert turned.turn(PAST) == PAST + timedelta(days=40, minutes=1), "it only goes forwards"
        assert turned.turn(datetime.now(UTC) + timedelta(days=1)) <= datetime.now(UTC), "and never beyond today"
    assert abs(told(database) - datetime.now(UTC)) < timedelta(minutes=1)
    assert ask(DEFINITION) == ordinary
    assert [row[0].year for row in ask("select written_at from diary")] == [2020, 2020]
    assert ask("select count(*) from pg_namespace where nspname = 'demo_clock'") == [[0]]


def test_what_a_killed_run_left_is_put_right(server: Server, database: Database, database_name: str, superuser: Any) -> None:
    ordinary = superuser.run(DEFINITION)
    superuser.execute_simple(clock.SHIFT)
    superuser.run("update demo_clock.shift set by = '1 year'")
    assert told(database) < datetime.now(UTC) - timedelta(days=300)
    clock.restore(Path(server.socket), database_name)
    assert abs(told(database) - datetime.now(UTC)) < timedelta(minutes=1)
    assert superuser.run(DEFINITION) == ordinary


@pytest.mark.parametrize("statement", TURNING)
def test_no_role_of_the_product_and_no_migrator_of_the_cloud_turns_the_clock(superuser: Any, statement: str) -> None:
    roles = [row[0] for row in superuser.run("select rolname from pg_roles where rolname like 'qfacts%' and not rolsuper")]
    assert {"qfacts_owner", "qfacts_application", "qfacts_job", "qfacts_login"} <= set(roles)
    superuser.run("begin")
    superuser.run("create role migrator_of_the_cloud createrole createdb login")  # as infra/terraform/README.md makes it
    superuser.run("alter schema public owner to migrator_of_the_cloud")
    superuser.run("grant qfacts_owner, qfacts_audit to migrator_of_the_cloud with set true")
    for role in ("migrator_of_the_cloud", *roles):
        superuser.run("savepoint before")
        superuser.run(f'set local role "{role}"')
        with pytest.raises(pg8000.native.DatabaseError) as caught:
            superuser.run(statement)
        assert caught.value.args[0]["C"] == REFUSED, role
        superuser.run("rollback to savepoint before")
    superuser.run("rollback")


def test_a_sign_in_of_the_past_is_no_sign_in_where_google_signs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FIREBASE_AUTH_EMULATOR_HOST", raising=False)
    somebody = Actor(Place(tmp_path, Ports()), "qa@demo.qfacts.example", uid="somebody")
    with pytest.raises(Unauthenticated, match="isn't signed the way Google signs"):
        identity.verify(somebody.sign_in())


def test_nothing_that_is_deployed_knows_of_the_clock() -> None:
    deployed = [*(CHECKOUT / "shared").rglob("*"), *(CHECKOUT / "functions").rglob("*"), *(CHECKOUT / "infra" / "migrations").rglob("*")]
    texts = {path: path.read_text(encoding="utf-8") for path in deployed if path.suffix in {".py", ".sql", ".yaml"}}
    assert len(texts) > 300
    known = re.compile(r"demo_clock|demo_year|pg_catalog\.now|local\.demo")
    assert [path for path, text in texts.items() if known.search(text)] == []
