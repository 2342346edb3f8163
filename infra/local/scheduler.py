"""Cloud Scheduler on one machine: calls each scheduled function of the register over HTTP at its time, as the cloud's does.

The request is Cloud Scheduler's own: POST, its headers, and an OpenID Connect token (OIDC Core §2) that the function verifies.
Run as `python -m infra.local.scheduler`.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from infra import register
from infra.local import keys, place
from infra.local.http_call import Answer, Unreachable, call
from infra.local.place import SCHEDULER_ACCOUNT, Place

ISSUER = "https://accounts.google.com"
TOKEN_SECONDS = 3600
BACK_OFF = (1, 2, 4)  # seconds before the second, third and fourth attempt of the same slot
LONGEST_SLEEP = 20.0  # seconds, so that a machine waking up notices the time


@dataclass(frozen=True)
class Slot:
    """The moment a job is due; every attempt of it carries this same moment."""

    at: dt.datetime

    @property
    def header(self) -> str:
        """As in X-CloudScheduler-ScheduleTime: RFC 3339, UTC, `Z`; with a fraction for a run by hand only."""
        return self.at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def slots(function: register.Function, after: dt.datetime) -> Iterator[Slot]:
    """Every slot of the function later than `after`: by its cron line in its time zone, or every `local_seconds` seconds."""
    if function.local_seconds:
        step = function.local_seconds
        moment = int(after.timestamp()) // step * step
        while True:
            moment += step
            yield Slot(dt.datetime.fromtimestamp(moment, dt.UTC))
    from croniter import croniter

    times = croniter(function.cron, after.astimezone(ZoneInfo(function.time_zone)))
    while True:
        yield Slot(times.get_next(dt.datetime))


def token(function_url: str, key: Path, now: float) -> str:
    """An ID token as Google issues it to the scheduler's service account, for `function_url`, signed with the key in `key`."""
    import jwt

    claims = {
        "iss": ISSUER,
        "aud": function_url,
        "sub": "100000000000000000001",
        "azp": "100000000000000000001",
        "email": SCHEDULER_ACCOUNT,
        "email_verified": True,
        "iat": int(now),
        "exp": int(now) + TOKEN_SECONDS,
    }
    return jwt.encode(claims, key.read_text(), algorithm="RS256", headers={"kid": keys.KEY_ID})


def attempt(at: Place, function: register.Function, slot: Slot) -> Answer:
    """Call the function once, within its deadline; raises Unreachable."""
    url = at.ports.origin + function.path
    headers = {
        "Authorization": f"Bearer {token(url, keys.scheduler_key(at), time.time())}",
        "User-Agent": "Google-Cloud-Scheduler",
        "X-CloudScheduler": "true",
        "X-CloudScheduler-JobName": function.name,
        "X-CloudScheduler-ScheduleTime": slot.header,
    }
    return call("POST", url, headers=headers, body=b"", timeout=function.deadline)


class Job(threading.Thread):
    """One function's schedule. Its slots never overlap; one that fails is tried again, then left to the next slot."""

    def __init__(self, at: Place, function: register.Function, stopping: threading.Event) -> None:
        super().__init__(name=function.name, daemon=True)
        self.place = at
        self.function = function
        self.stopping = stopping

    def run(self) -> None:
        """Wait for each slot and take it, until told to stop; slots missed while asleep or busy count as one."""
        while not self.stopping.is_set():
            slot = next(slots(self.function, dt.datetime.now(dt.UTC)))
            if self._wait(slot.at.timestamp()):
                self.take(slot)

    def take(self, slot: Slot) -> None:
        """Call the function for `slot`, with retries (none for one that runs every few seconds anyway)."""
        pauses = () if self.function.local_seconds else BACK_OFF
        for pause in (*pauses, 0):
            try:
                reply = attempt(self.place, self.function, slot)
            except Unreachable as error:
                said = str(error)
            else:
                if reply.is_good:
                    return
                said = f"{reply.status} {reply.text}"
            log(f"{self.function.name} {slot.header}: {said}")
            if not pause or self.stopping.wait(pause):
                return

    def _wait(self, until: float) -> bool:
        """Sleep until that moment (seconds since 1970); False when told to stop."""
        while (left := until - time.time()) > 0:
            if self.stopping.wait(min(left, LONGEST_SLEEP)):
                return False
        return not self.stopping.is_set()


def running(functions: tuple[register.Function, ...]) -> list[register.Function]:
    """The scheduled functions that are called by the clock: all but the paused ones, which `make run-job` still calls."""
    return [function for function in register.scheduled(functions) if not function.paused]


def log(line: str) -> None:
    """A line with its moment."""
    print(dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), line, flush=True)


def main() -> int:
    """Run every schedule until SIGTERM."""
    at = place.current()
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    jobs = [Job(at, function, stopping) for function in running(register.read())]
    for job in jobs:
        job.start()
    log(f"{len(jobs)} schedules")
    stopping.wait()
    for job in jobs:
        job.join(timeout=2)
    sys.stdout.flush()
    os._exit(0)  # a call that is still going on is the function's to finish


if __name__ == "__main__":
    sys.exit(main())
