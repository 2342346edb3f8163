"""The connections of a process: few, the freshest first, waited for in turn, and none lost whatever happens to one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from shared.db.connections import Connections, Lent
from shared.db.database import Database
from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence
from tests.database import APPLICATION
from tests.db.found import found

if TYPE_CHECKING:
    from tests.database import Server


class Interrupted(BaseException):
    """What a signal raises in the middle of anything."""


@pytest.fixture
def connect(server: Server, database_name: str) -> Callable[[], Any]:
    """Makes a real connection."""

    def made() -> Any:
        import pg8000.dbapi

        return pg8000.dbapi.connect("qfacts_login", database=database_name, unix_sock=f"{server.socket}/.s.PGSQL.5432", ssl_context=False)

    return made


@pytest.fixture
def pool(connect: Callable[[], Any]) -> Iterator[Connections]:
    """The connections of one process: two."""
    made = Connections(connect, size=2)
    made.patience = 0.2
    yield made
    made.close()


def pid(lent: Lent) -> int:
    """The server's process at the other end."""
    return int(lent.connection.execute_simple("select pg_backend_pid()").rows[0][0])


def open_ones(superuser: Any) -> int:
    """How many connections the server counts."""
    [[count]] = superuser.run("select count(*) from pg_stat_activity where usename = 'qfacts_login' and datname = current_database()")
    return int(count)


def wait_until(holds: Callable[[], bool]) -> None:
    """The server notices a closed socket a moment later."""
    until = time.monotonic() + 5
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    assert holds()


def test_the_connection_that_came_back_last_is_lent_first(pool: Connections) -> None:
    one, other = pool.acquire(), pool.acquire()
    pool.give_back(one)
    pool.give_back(other)
    assert pool.acquire() is other
    assert pool.acquire() is one
    pool.give_back(one)
    pool.give_back(other)


def test_a_quiet_process_keeps_to_one_connection(pool: Connections, superuser: Any) -> None:
    for _ in range(5):
        pool.give_back(pool.acquire())
    assert open_ones(superuser) == 1


def test_a_kept_connection_is_lent_before_a_new_one_is_made(pool: Connections) -> None:
    one, other = pool.acquire(), pool.acquire()
    pool.give_back(one)
    pool.discard(other)
    assert pool.acquire() is one
    pool.give_back(one)


def test_what_was_prepared_stays_with_its_connection(pool: Connections) -> None:
    lent = pool.acquire()
    lent.prepared["select 1"] = "its name"
    pool.give_back(lent)
    assert pool.acquire().prepared == {"select 1": "its name"}
    pool.discard(lent)
    fresh = pool.acquire()
    assert fresh.prepared == {}
    pool.give_back(fresh)


def test_a_third_request_waits_until_one_comes_back(pool: Connections) -> None:
    pool.patience = 5
    one, other = pool.acquire(), pool.acquire()
    threading.Timer(0.1, pool.give_back, [one]).start()
    began = time.monotonic()
    assert pool.acquire() is one
    assert time.monotonic() - began < 4
    pool.give_back(one)
    pool.give_back(other)


def test_a_third_request_waits_until_one_is_thrown_away(pool: Connections) -> None:
    pool.patience = 5
    one, other = pool.acquire(), pool.acquire()
    threading.Timer(0.1, pool.discard, [one]).start()
    fresh = pool.acquire()
    assert fresh is not one
    assert pid(fresh) != pid(other)
    pool.give_back(fresh)
    pool.give_back(other)


def test_who_waits_too_long_is_told_to_come_again(pool: Connections) -> None:
    held = [pool.acquire(), pool.acquire()]
    began = time.monotonic()
    with pytest.raises(errors.Unavailable) as refused:
        pool.acquire()
    assert 0.15 < time.monotonic() - began < 2
    assert refused.value.retry_after > 0
    for lent in held:
        pool.give_back(lent)
    assert pool.lent == 0


@pytest.mark.parametrize("trouble", [OSError("no server"), Interrupted()])
def test_a_connection_that_could_not_be_made_takes_no_place(connect: Callable[[], Any], trouble: BaseException) -> None:
    troubles = [trouble] * 5

    def unlucky() -> Any:
        if troubles:
            raise troubles.pop()
        return connect()

    pool = Connections(unlucky, size=1)
    for _ in range(5):
        with pytest.raises(type(trouble)):
            pool.acquire()
    pool.give_back(pool.acquire())
    assert pool.lent == 0
    pool.close()


def test_nobody_waits_for_another_ones_connecting(connect: Callable[[], Any]) -> None:
    slow, connecting = threading.Event(), threading.Event()

    def hanging() -> Any:
        if not connecting.is_set():
            connecting.set()
            slow.wait(5)
        return connect()

    pool = Connections(hanging, size=2)
    with ThreadPoolExecutor(1) as thread:
        late = thread.submit(pool.acquire)
        connecting.wait(5)
        pool.give_back(pool.acquire())
        assert not late.done()
        slow.set()
        pool.give_back(late.result())
    pool.close()


def test_an_open_transaction_is_rolled_back_before_the_next_one(pool: Connections) -> None:
    lent = pool.acquire()
    lent.connection.execute_simple("begin")
    lent.connection.execute_simple("set local application_name = 'mine'")
    pool.give_back(lent)
    assert pool.acquire() is lent
    assert lent.connection.execute_simple("show application_name").rows != [["mine"]]
    assert not lent.connection._in_transaction
    pool.give_back(lent)


def test_a_connection_that_can_not_be_rolled_back_is_thrown_away(pool: Connections, superuser: Any) -> None:
    lent = pool.acquire()
    lent.connection.execute_simple("begin")
    superuser.run("select pg_terminate_backend(:pid, 5000)", pid=pid(lent))
    pool.give_back(lent)
    fresh = pool.acquire()
    assert fresh is not lent
    pool.give_back(fresh)


def test_a_refusal_stands_though_the_connection_was_lost_meanwhile(database: Database, superuser: Any) -> None:
    with (  # noqa: PT012 - it is killed before the refusal
        pytest.raises(errors.NotFound),
        database.transaction(role=APPLICATION) as tx,
    ):
        superuser.run("select pg_terminate_backend(:pid, 5000)", pid=tx.row("select pg_backend_pid() as pid").pid)
        raise errors.NotFound(Sentence("none", "There is no such document."))
    assert database.connections.lent == 0
    assert found(database, "select 1 as one").one == 1


def test_an_interruption_while_giving_back_costs_the_connection_and_no_place(pool: Connections) -> None:
    class Cut:
        _sock = _usock = None

        def rollback(self) -> None:
            raise Interrupted

    lent = pool.acquire()
    real, lent.connection = lent.connection, Cut()
    with pytest.raises(Interrupted):
        pool.give_back(lent)
    real.close()
    assert pool.lent == 0
    fresh = [pool.acquire(), pool.acquire()]
    for each in fresh:
        pool.give_back(each)


def test_a_discarded_connection_is_closed_on_the_server_though_an_answer_is_under_way(pool: Connections, superuser: Any) -> None:
    lent = pool.acquire()
    lent.connection.send_QUERY("select repeat('x', 10000000)")
    lent.connection._sock.flush()
    pool.discard(lent)
    assert pool.lent == 0
    wait_until(lambda: open_ones(superuser) == 0)


def test_closing_ends_what_nobody_uses_and_the_rest_goes_on(pool: Connections, superuser: Any) -> None:
    used, idle = pool.acquire(), pool.acquire()
    pool.give_back(idle)
    pool.close()
    wait_until(lambda: open_ones(superuser) == 1)
    assert pid(used)
    pool.give_back(used)
    again = [pool.acquire(), pool.acquire()]
    assert used in again
    for lent in again:
        pool.give_back(lent)


def test_connections_that_died_while_idle_are_closed_without_a_word(pool: Connections, superuser: Any) -> None:
    for lent in [pool.acquire(), pool.acquire()]:
        pool.give_back(lent)
    superuser.run("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'qfacts_login'")
    pool.close()
    assert pool.lent == 0


def test_fifty_threads_share_two_connections_and_no_two_hold_one_at_once(pool: Connections, superuser: Any) -> None:
    pool.patience = 30
    using: list[Lent] = []
    most = 0

    def work(number: int) -> bool:
        nonlocal most
        for turn in range(20):
            lent = pool.acquire()
            alone = lent not in using
            using.append(lent)
            most = max(most, len(using))
            rows = lent.connection.execute_simple(f"select {number}").rows
            using.remove(lent)
            if (number + turn) % 17 == 0:
                pool.discard(lent)
            else:
                pool.give_back(lent)
            if not alone or rows != [[number]]:
                return False
        return True

    with ThreadPoolExecutor(50) as threads:
        assert all(threads.map(work, range(50)))
    assert most == 2
    assert pool.lent == 0
    assert open_ones(superuser) <= 2
