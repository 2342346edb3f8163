"""Each scheduled function is killed, loses its database, is run again and ten times at once: nothing is lost, and nothing happens twice."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from infra import restorer
from infra.local.inbox import Inbox
from infra.migrate import migrate
from shared.app import backups, orphaned_files
from shared.db import database as module
from shared.google import bigquery as house
from shared.outside import config
from tests.builders import at_once
from tests.database import running_server
from tests.faults import due
from tests.faults.worlds import GROUND, TOKEN, Ground, Run, State, World, contents, make_buckets, moments_of, rows_of, server_asked
from tests.functions.deliveries import JOBS, Deliver, claims, deliver, slot
from tests.google_keys import Google
from tests.identity import PROJECT, Emulator
from tests.outside.mailers import inbox, mailer
from tests.product import ORIGIN, Product
from tests.storage import Storage
from tests.usage import TABLES
from tests.vendors import asked_of_others, vendors_of
from tests.warehouse import Warehouse

__all__ = ["deliver", "inbox", "mailer"]
Worlds = Callable[[str], AbstractContextManager[World]]
LOGIN = "qfacts_login"
SLOTS = [slot(600 + minute).isoformat() for minute in range(12)]


@pytest.fixture(scope="module")
def ground(identity_server: Emulator, storage_server: Storage) -> Iterator[Ground]:
    """The day on which everything is due, with a backup of its own, on a PostgreSQL that may be killed."""
    with running_server() as server, pytest.MonkeyPatch.context() as patch:
        server_asked(server, f"create database {GROUND}")
        migrate(server.socket, GROUND, backups=(LOGIN,))
        restorer.prepare(server.socket)
        environment = {
            "QFACTS_PROJECT": PROJECT,
            "QFACTS_ORIGIN": ORIGIN,
            "QFACTS_DATABASE_SOCKET": server.socket,
            "QFACTS_DATABASE_NAME": GROUND,
            "QFACTS_RESTORE_USER": restorer.LOGIN,
            "FIREBASE_AUTH_EMULATOR_HOST": identity_server.host,
            "QFACTS_POOL_SIZE": "12",
            **storage_server.environment(),
        }
        for variable, value in environment.items():
            patch.setenv(variable, value)
        patch.setattr(module, "_current", None)
        make_buckets(patch, {})
        clients: dict[str, Any] = {}
        due.fill(Product(identity_server, server, GROUND, clients))
        backups.make()
        made = Ground(server, contents(), clients)
        module.current().close()
        texts = [text for texts in rows_of(server, GROUND).values() for text in texts]
        made.known = frozenset(token for text in texts for token in TOKEN.findall(text))
        yield made
    config.current.cache_clear()


@pytest.fixture
def worlds(
    ground: Ground,
    deliver: Deliver,
    inbox: Inbox,
    mailer: str,
    warehouse: Warehouse,
    identity_server: Emulator,
    google_server: Google,
    monkeypatch: pytest.MonkeyPatch,
) -> Worlds:
    """Make a world in which a function is to be delivered."""
    monkeypatch.setattr(orphaned_files, "DAY", timedelta(seconds=-60))

    @contextmanager
    def made(job: str) -> Iterator[World]:
        for table in TABLES:
            warehouse.client().delete_table(f"usage.{table.name}", not_found_ok=True)
            house.ensure(table)
        inbox.path.unlink()
        empty = Inbox(inbox.path, inbox.key)
        name = f"world_{uuid4().hex[:12]}"
        server_asked(ground.server, f"create database {name} template {GROUND} strategy file_copy")
        with pytest.MonkeyPatch.context() as patch:
            environment = {
                "QFACTS_DATABASE_SOCKET": ground.server.socket,
                "QFACTS_DATABASE_NAME": name,
                "QFACTS_RESTORE_USER": restorer.LOGIN,
                "QFACTS_POOL_SIZE": "12",
            }
            for variable, value in environment.items():
                patch.setenv(variable, value)
            patch.setattr(module, "_current", None)
            kept = {variable: content for variable, content in ground.objects.items() if job == "check_backup" or "BACKUP" not in variable}
            make_buckets(patch, kept)
            product = Product(identity_server, ground.server, name, ground.clients)
            try:
                yield World(ground, product, deliver, empty, google_server.sign(claims(job)))
            finally:
                module.current().close()
        config.current.cache_clear()
        server_asked(ground.server, f"drop database {name} with (force)")

    return made


def undisturbed(ground: Ground, worlds: Worlds, job: str) -> Run:
    """What the function does where nothing happens to it: once a module."""
    if job not in ground.runs:
        with worlds(job) as world:
            before = world.state()
            moments, counts = moments_of(world, job, SLOTS[0])
            ground.runs[job] = Run(moments, counts, before, world.state())
    return ground.runs[job]


def differences(one: State, other: State) -> dict[str, tuple[list[str], list[str]]]:
    """What only one of the two has, by table."""
    return {name: (sorted(one[name] - other[name]), sorted(other[name] - one[name])) for name in one if one[name] != other[name]}


@pytest.mark.parametrize("job", JOBS)
def test_each_has_something_to_do_on_that_day(ground: Ground, worlds: Worlds, job: str) -> None:
    run = undisturbed(ground, worlds, job)
    done = {name: count for name, count in run.counts.items() if isinstance(count, int) and name not in {"organisations", "seconds"}}
    assert any(done.values()), done
    assert not {"failed", "contradicted", "differences"} & {name for name, count in done.items() if count}
    assert bool(differences(run.before, run.after)) == (job != "check_backup"), "a check leaves nothing behind"


@pytest.mark.parametrize("job", JOBS)
def test_twice_in_a_row_changes_nothing_the_second_time(ground: Ground, worlds: Worlds, job: str) -> None:
    run = undisturbed(ground, worlds, job)
    with worlds(job) as world:
        for moment in (SLOTS[0], SLOTS[0], SLOTS[1]):
            world.delivered(job, moment)
            assert differences(world.state(), run.after) == {}
        world.verify()


@pytest.mark.parametrize("job", JOBS)
def test_ten_times_at_once_is_once(ground: Ground, worlds: Worlds, job: str) -> None:
    run = undisturbed(ground, worlds, job)
    with worlds(job) as world:
        answers = at_once(world.product, *[lambda own, moment=moment: world.deliver(job, moment, own) for moment in SLOTS[:10]])
        assert {answer.status for answer in answers} <= {200, 503}
        assert all("failed" not in answer.body for answer in answers if answer.status == 200)
        world.leases_end()
        world.delivered(job, SLOTS[10])
        assert differences(world.state(), run.after) == {}
        world.verify()


@pytest.mark.parametrize("job", JOBS)
def test_killed_and_without_its_database_nothing_is_lost(ground: Ground, worlds: Worlds, job: str) -> None:
    """Each attempt ends when it did a part of the whole, the next one goes on; what began anew each time ends in three places."""
    run = undisturbed(ground, worlds, job)
    with worlds(job) as world:
        for part, ends in ((1 / 5, kill), (1 / 4, lose_database), (1 / 2, kill)):
            ends(world, world.held(job, SLOTS[0], max(1, round(run.moments * part))))
            world.leases_end()
        for moment in SLOTS[:2]:
            world.delivered(job, moment)
            state = world.state()
            again = state["sent"] - run.after["sent"]
            assert again.total() <= 3, "at most one mail a crash comes twice"
            assert differences({**state, "sent": state["sent"] - again}, run.after) == {}
        world.verify()


@pytest.mark.parametrize("job", JOBS)
def test_no_transaction_waits_for_another_service(worlds: Worlds, job: str) -> None:
    """A backup is one snapshot, streamed on a connection of its own; its check restores into a database of its own."""
    with worlds(job) as world, asked_of_others() as asked:
        world.delivered(job, SLOTS[0])
    assert asked or not vendors_of(job)
    own = job in {"back_up", "check_backup"}
    assert [one.line for one in asked if one.lent or (one.waiting and not own)] == []


def kill(_: World, process: subprocess.Popen[str]) -> None:
    """The process ends at once."""
    process.kill()
    process.communicate(timeout=10)
    assert process.returncode == -signal.SIGKILL


def lose_database(world: World, process: subprocess.Popen[str]) -> None:
    """PostgreSQL ends at once; the process is told so by its next statement, and refuses in order."""
    world.ground.server.control("stop", "-m", "immediate")
    said, _ = process.communicate("\n", timeout=60)
    world.ground.server.control("start")
    assert said.splitlines()[-1] == "503", said
