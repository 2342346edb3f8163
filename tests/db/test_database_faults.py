"""The database factory under faults: time limits, lost connections, an exhausted pool, a client interrupted in mid-read."""

from __future__ import annotations

import gc
import random
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from shared.db import database as module
from shared.db.database import Database
from shared.domain.kernel import errors
from tests.database import APPLICATION, acting, make_organisation
from tests.db.found import found

if TYPE_CHECKING:
    from tests.database import Server


class Interrupted(BaseException):
    """What a time limit or a signal raises in the middle of a read."""


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_a_serialisation_failure_or_deadlock_asks_for_a_retry(database: Database, sqlstate: str) -> None:
    sql = f"do $$ begin raise exception 'x' using errcode = '{sqlstate}'; end $$"
    with pytest.raises(errors.Contention):
        found(database, sql)


def test_the_server_ends_a_statement_that_takes_too_long(database: Database) -> None:
    with (
        pytest.raises(errors.Unavailable),
        database.transaction(role=APPLICATION, settings={"statement_timeout": "50ms"}) as tx,
    ):
        tx.rows("select pg_sleep(5)")
    assert found(database, "select 1 as one").one == 1


def test_a_lock_that_is_not_given_in_time_is_a_503(database: Database) -> None:
    organisation, person = make_organisation(database, "A")
    sql = "select 1 from organisations where id = :id for update"
    who = acting(organisation, person)
    with database.transaction(role=APPLICATION, settings=who) as holder:
        holder.rows(sql, id=organisation)
        with (
            pytest.raises(errors.Unavailable),
            database.transaction(role=APPLICATION, settings=who | {"lock_timeout": "50ms"}) as tx,
        ):
            tx.rows(sql, id=organisation)


def test_an_idle_transaction_is_ended_by_the_server_and_the_next_one_works(database: Database) -> None:
    with (  # noqa: PT012 - the time passes in between
        pytest.raises(errors.Unavailable),
        database.transaction(role=APPLICATION, settings={"idle_in_transaction_session_timeout": "50ms"}) as tx,
    ):
        time.sleep(0.3)
        tx.rows("select 1")
    assert found(database, "select 1 as one").one == 1


def test_a_terminated_connection_is_a_503_and_then_replaced(database: Database, superuser: Any) -> None:
    with (  # noqa: PT012 - it is killed in between
        pytest.raises(errors.Unavailable),
        database.transaction(role=APPLICATION) as tx,
    ):
        pid = tx.row("select pg_backend_pid() as pid").pid
        superuser.run("select pg_terminate_backend(:pid, 5000)", pid=pid)
        tx.rows("select 1")
    assert found(database, "select 1 as one").one == 1


def test_connections_that_died_while_idle_are_replaced_unnoticed(database: Database, superuser: Any) -> None:
    with database.transaction(role=APPLICATION), database.transaction(role=APPLICATION):
        pass
    superuser.run("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'qfacts_login'")
    assert found(database, "select 1 as one").one == 1
    assert found(database, "select 1 as one").one == 1


def test_a_server_that_is_not_there_is_a_503() -> None:
    database = Database.on_socket("/nonexistent", "qfacts")
    with pytest.raises(errors.Unavailable):
        found(database, "select 1")


def test_an_exhausted_pool_is_a_503_and_recovers(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.connections, "patience", 0.2)

    def one(seconds: float) -> str:
        try:
            found(database, "select pg_sleep(:seconds)", seconds=seconds)
        except errors.Unavailable as refusal:
            return f"503 after {refusal.retry_after}"
        return "done"

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(one, [0.5] * 10))
    assert answers.count("done") == module.POOL_SIZE
    assert answers.count("503 after 2") == 8
    assert one(0) == "done"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pg8000 leaves that socket to the collector
def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any) -> None:
    monkeypatch.setattr(module, "SOCKET_TIMEOUT", 0.2)
    directory = tmp_path_factory.mktemp("s")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(f"{directory}/.s.PGSQL.5432")
        silent.listen()
        with pytest.raises(errors.Unavailable):
            found(Database.on_socket(str(directory), "qfacts"), "select 1")
    gc.collect()


def test_a_connection_out_of_step_is_recognised_by_its_nonce(server: Server, database_name: str) -> None:
    database = Database.on_socket(server.socket, database_name, size=1)
    found(database, "select 1")
    lent = database.connections.acquire()
    connection = lent.connection
    # As after a broken read: answers that nobody fetched are still on their way, one of them like a transaction's opening.
    for stale in ("select 1", "select 'of the former user', now(), 12"):
        connection.send_QUERY(stale)
    connection._sock.flush()
    database.connections.give_back(lent)
    pid = found(database, "select 'mine' as row, pg_backend_pid() as pid")
    assert pid.row == "mine"
    assert pid.pid != int.from_bytes(connection._backend_key_data[:4], "big")
    database.close()


def test_a_client_interrupted_in_mid_read_a_thousand_times_leaks_no_row(database: Database) -> None:
    """One organisation's reads are broken off at arbitrary moments; the other's, on the same pool, get their own rows only."""
    pairs = [make_organisation(database, name) for name in ("A", "B")]
    for organisation, person in pairs:
        with database.transaction(role=APPLICATION, settings=acting(organisation, person)) as tx:
            tx.rows(
                "insert into teams (organisation_id, id, name)"
                " select :o::uuid, gen_random_uuid(), 'Team ' || i from generate_series(1, 50) i",
                o=organisation,
            )
    sql = "select organisation_id, name, repeat('x', 2000) as bulk from teams"

    def interrupt(*_: object) -> None:
        raise Interrupted

    interrupted = 0
    dice = random.Random(7)  # noqa: S311 - moments, not secrets
    former = signal.signal(signal.SIGALRM, interrupt)
    try:
        while interrupted < 1000:
            try:
                with database.transaction(role=APPLICATION, settings=acting(*pairs[0])) as tx:
                    signal.setitimer(signal.ITIMER_REAL, dice.uniform(0.00005, 0.002))
                    tx.rows(sql)
                    tx.rows(sql)
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except Interrupted:
                interrupted += 1
            with database.transaction(role=APPLICATION, settings=acting(*pairs[1])) as tx:
                rows = tx.rows(sql)
            assert len(rows) == 50
            assert {row.organisation_id for row in rows} == {pairs[1][0]}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
    assert database.connections.lent == 0
