"""Reminding and delivering are killed in the middle and run again: nothing is lost, and a crash costs at most one mail twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from infra.local.inbox import Inbox
from shared.app import outbox
from shared.db import database as module
from shared.db.database import Database
from tests.app.outbox import queue
from tests.database import Server
from tests.outside.mailers import KEY, inbox, mailer

__all__ = ["inbox", "mailer"]

ROOT = Path(__file__).resolve().parents[2]
DELIVER = "from shared.app.outbox import deliver; deliver()"
REMIND = """
import sys
from uuid import uuid4
from datetime import UTC, datetime
sys.path.insert(0, "functions/mail")
from shared.doors import schedule
import send_reminders
schedule._run(send_reminders.send_reminders.scheduled, schedule.Slot("send_reminders", sys.argv[1], uuid4()), schedule._within)
"""
ORGANISATIONS = 40


@pytest.fixture
def run(server: Server, database_name: str, mailer: str) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a process of its own that runs a piece of code against this test's database."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "QFACTS_DATABASE_SOCKET": server.socket,
        "QFACTS_DATABASE_NAME": database_name,
        "QFACTS_SENDGRID": mailer,
        "SENDGRID_API_KEY": KEY,
        "QFACTS_ORIGIN": "http://127.0.0.1:8080",
        "NO_PROXY": "127.0.0.1",
    }

    def start(code: str, *words: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=10)


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


@pytest.mark.parametrize("received", [0, 3, 25])
def test_a_killed_deliverer_loses_nothing_and_repeats_one_mail_at_most(
    run: Any, inbox: Inbox, superuser: Any, database: Database, monkeypatch: pytest.MonkeyPatch, received: int
) -> None:
    monkeypatch.setattr(module, "_current", database)
    addresses = [f"person{number}@test.qfacts.example" for number in range(60)]
    queue(superuser, *addresses)
    process = run(DELIVER)
    claimed = "select count(*) from mails where attempts > 0"
    until(lambda: superuser.run(claimed)[0][0] > 0 and len(inbox.messages()) >= received)
    process.send_signal(signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL
    assert len(inbox.messages()) < 60, "it was killed in the middle"
    outbox.deliver()
    superuser.run("update mails set next_attempt_at = now() where status = 'queued'")  # the dead one's lease ends
    outbox.deliver()
    times = Counter(message["to"] for message in inbox.messages())
    assert set(times) == set(addresses), "nothing is lost"
    assert sum(times.values()) <= 61, "one at most comes twice"
    assert superuser.run("select distinct status from mails") == [["sent"]]


def grounds(superuser: Any, awake: str) -> dict[UUID, int]:
    """Organisations of several people who each owe a training; how many there are in each."""
    superuser.run("set session_replication_role = replica")
    made = {uuid4(): 3 + number % 4 for number in range(ORGANISATIONS)}
    for organisation, people in made.items():
        superuser.run(
            "insert into organisations (id, name, time_zone, settings) values (:id, 'Firm', :zone, '{\"weekend\": []}')",
            id=organisation,
            zone=awake,
        )
        record, members = uuid4(), [uuid4() for _ in range(people)]
        for person in members:
            superuser.run("insert into people (id, email, name) values (:id, :email, 'Ann')", id=person, email=f"{person}@test.example")
            superuser.run("insert into members (organisation_id, person_id, role) values (:o, :p, 'operator')", o=organisation, p=person)
            superuser.run(
                "insert into assignments (organisation_id, id, record_id, version, person_id, cause, due_on)"
                " values (:o, :id, :r, 1, :p, 'test', (now() at time zone :zone)::date)",
                o=organisation,
                id=uuid4(),
                r=record,
                p=person,
                zone=awake,
            )
        superuser.run(
            "insert into records (organisation_id, id, kind, number, title, owner_id, status, created_by)"
            " values (:o, :id, 'training', 'TRN-1', 'Gowning', :p, 'active', :p)",
            o=organisation,
            id=record,
            p=members[0],
        )
        superuser.run(
            "insert into versions (organisation_id, record_id, version, status, title, content, content_sha256, owner_id)"
            " values (:o, :id, 1, 'active', 'Gowning', '{}', repeat('0', 64), :p)",
            o=organisation,
            id=record,
            p=members[0],
        )
    superuser.run("set session_replication_role = origin")
    return made


@pytest.mark.parametrize("done", [1, 15])
def test_a_killed_reminder_goes_on_where_it_stopped_and_reminds_everybody_once(run: Any, superuser: Any, done: int) -> None:
    hour = superuser.run("select extract(hour from now() at time zone 'UTC')::int")[0][0]
    made = grounds(superuser, "Etc/UTC" if 8 <= hour < 22 else "Asia/Tokyo")
    process = run(REMIND, "slot")
    until(lambda: superuser.run("select count(*) from reminder_days")[0][0] >= done)
    process.send_signal(signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL
    days, mails = superuser.run("select (select count(*) from reminder_days), (select count(*) from mails)")[0]
    assert days < ORGANISATIONS, "it was killed in the middle"
    assert mails == superuser.run("select coalesce(sum(1), 0) from mails m join reminder_days d using (organisation_id)")[0][0]
    superuser.run("update job_runs set lease_until = now() - interval '1 second'")
    for slot in ("slot", "slot", "another slot"):
        again = run(REMIND, slot)
        assert again.wait(60) == 0, again.stderr.read().decode()
    counts = dict(superuser.run("select organisation_id, count(*) from mails group by 1"))
    assert counts == made
    assert superuser.run("select count(distinct to_email) from mails")[0][0] == sum(made.values())
