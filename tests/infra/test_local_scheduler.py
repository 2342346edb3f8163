"""The local scheduler calls at the right moments, with a token that Google's own library accepts."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.local import keys, scheduler
from infra.local.place import SCHEDULER_ACCOUNT, Place, Ports
from infra.register import Function

UTC = dt.UTC


def function(**line: Any) -> Function:
    """A scheduled function."""
    usual = {"area": "mail", "trigger": "schedule", "service_account": "jobs", "timeout": 30, "concurrency": 1, "max_instances": 1}
    return Function(name="send_reminders", memory="512Mi", cpu=1, **{**usual, "cron": "0 7 * * *", **line})


def first(count: int, job: Function, after: dt.datetime) -> list[str]:
    """The first slots after a moment, as their header says them."""
    return [slot.header for slot in itertools.islice(scheduler.slots(job, after), count)]


def test_a_cron_line_is_read_in_its_time_zone_across_the_change_of_clocks() -> None:
    job = function(time_zone="Europe/Berlin")
    after = dt.datetime(2026, 3, 27, 12, tzinfo=UTC)
    assert first(3, job, after) == ["2026-03-28T06:00:00Z", "2026-03-29T05:00:00Z", "2026-03-30T05:00:00Z"]


def test_a_slot_is_later_than_now_and_never_twice_the_same() -> None:
    job = function(cron="*/5 * * * *")
    after = dt.datetime(2026, 11, 22, 19, 5, tzinfo=UTC)
    assert first(2, job, after) == ["2026-11-22T19:10:00Z", "2026-11-22T19:15:00Z"]


def test_local_seconds_replace_the_cron_line_on_whole_steps() -> None:
    job = function(local_seconds=2)
    after = dt.datetime(2026, 11, 22, 19, 5, 3, 400000, tzinfo=UTC)
    assert first(3, job, after) == ["2026-11-22T19:05:04Z", "2026-11-22T19:05:06Z", "2026-11-22T19:05:08Z"]


def test_a_paused_schedule_is_not_run() -> None:
    assert scheduler.running((function(), function(paused=True))) == [function()]


class Receiver(ThreadingHTTPServer):
    """A product that remembers what it was asked and answers as told; it also serves the certificates."""

    def __init__(self, at: Path) -> None:
        self.asked: list[dict[str, str]] = []
        self.statuses: Iterator[int] = itertools.repeat(200)
        self.certificates = at / "keys" / "certificates.json"
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    """Answers POST as a function and GET with the certificates."""

    server: Receiver

    def do_POST(self) -> None:
        """A call of a function."""
        self.server.asked.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
        self._answer(next(self.server.statuses), b'{"sent": 1}')

    def do_GET(self) -> None:
        """The certificates."""
        self._answer(200, self.server.certificates.read_bytes())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    server = Receiver(tmp_path)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def at(receiver: Receiver, tmp_path: Path) -> Place:
    made = Place(tmp_path, Ports(receiver.server_address[1]))
    keys.prepare(made)
    return made


def test_a_call_is_cloud_schedulers_and_its_token_really_verifies(at: Place, receiver: Receiver) -> None:
    from google.auth.transport.requests import Request
    from google.oauth2 import id_token

    slot = scheduler.Slot(dt.datetime(2026, 11, 22, 19, 10, tzinfo=UTC))
    assert scheduler.attempt(at, function(), slot).json == {"sent": 1}
    (asked,) = receiver.asked
    assert asked["path"] == "/api/send_reminders"
    assert asked["user-agent"] == "Google-Cloud-Scheduler"
    assert asked["x-cloudscheduler-jobname"] == "send_reminders"
    assert asked["x-cloudscheduler-scheduletime"] == "2026-11-22T19:10:00Z"
    token = asked["authorization"].removeprefix("Bearer ")
    certificates = f"{at.ports.origin}/local/certs"
    claims = id_token.verify_token(token, Request(), audience=f"{at.ports.origin}/api/send_reminders", certs_url=certificates)
    assert (claims["email"], claims["email_verified"]) == (SCHEDULER_ACCOUNT, True)
    assert claims["iss"] == "https://accounts.google.com"
    with pytest.raises(ValueError, match="wrong audience"):
        id_token.verify_token(token, Request(), audience=f"{at.ports.origin}/api/back_up", certs_url=certificates)


def test_a_failed_slot_is_tried_again_with_the_same_time(at: Place, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "BACK_OFF", (0.01, 0.01, 0.01))
    receiver.statuses = iter([503, 500, 200])
    slot = scheduler.Slot(dt.datetime(2026, 11, 22, 19, 10, tzinfo=UTC))
    scheduler.Job(at, function(), threading.Event()).take(slot)
    assert [asked["x-cloudscheduler-scheduletime"] for asked in receiver.asked] == ["2026-11-22T19:10:00Z"] * 3


def test_a_slot_that_keeps_failing_is_given_up(at: Place, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "BACK_OFF", (0.01, 0.01, 0.01))
    receiver.statuses = itertools.repeat(500)
    slot = scheduler.Slot(dt.datetime(2026, 11, 22, 19, 10, tzinfo=UTC))
    scheduler.Job(at, function(), threading.Event()).take(slot)
    assert len(receiver.asked) == 4


def test_keys_are_kept_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    place = Place(tmp_path, Ports())
    keys.prepare(place)
    former = keys.scheduler_key(place).read_text()
    keys.prepare(place)
    assert keys.scheduler_key(place).read_text() == former
    assert keys.scheduler_key(place).stat().st_mode & 0o777 == 0o600
    assert list(json.loads(keys.certificates(place).read_text())) == [keys.KEY_ID]
