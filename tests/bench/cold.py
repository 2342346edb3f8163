"""Cold start: from a new process to the first answer of every function, against an empty function of the same framework.

Both sides run turn by turn, from compiled bytecode as in the image, with production's packages and no other. The best process counts, once
no further one is better: a busy machine can only make them slower. The requests are well-formed and their tokens good, so each answer is
the function's own. Nothing is counted that Google's servers take. A scheduled function answers once its work is done (check_backup restores
a database): what its second answer takes in the same process is that work, and is taken off and told.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from infra import register
from shared.domain.people import tokens
from tests import google_keys as google
from tests import sendgrid, storage, warehouse
from tests.bench.ground import Firm, Ground, firm

ROOT = Path(__file__).resolve().parents[2]
START = """
import sys, time
target, source, method, hidden, query, body, *pairs = sys.argv[1:]
for name in hidden.split(','):
    sys.modules.setdefault(name, None)
began = time.perf_counter()
import functions_framework
client = functions_framework.create_app(target, source, 'http').test_client()
asked = {'method': method, 'headers': dict(zip(pairs[::2], pairs[1::2])), 'query_string': query, 'data': body.encode() if body else None}
response = client.open('/', **asked)
text = response.get_data(as_text=True)
answered = time.perf_counter()
client.open('/', **asked).get_data()
sys.stderr.write(f'{(answered - began) * 1000:.1f} {(time.perf_counter() - answered) * 1000:.1f} {response.status_code}')
"""
IN_VAIN = 4  # tries that bring nothing better end it
MOST = 12


@dataclass(frozen=True)
class Asked:
    """What a new process is asked first."""

    name: str
    source: Path
    method: str = "GET"
    query: str = ""
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


EMPTY = Asked("empty", Path(__file__).with_name("empty.py"))


@dataclass(frozen=True)
class Starter:
    """How both sides are started."""

    environment: dict[str, str]
    hidden: str

    def start(self, asked: Asked) -> tuple[float, float, int]:
        """Milliseconds to the first answer of a new process, and from there to the second; the first one's status."""
        pairs = [part for header in asked.headers.items() for part in header]
        command = [sys.executable, "-c", START, asked.name, str(asked.source), asked.method, self.hidden, asked.query, asked.body, *pairs]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60, check=True)
        first, second, status = done.stderr.split()[-3:]
        return float(first), float(second), int(status)


def measure(on: Ground) -> list[tuple[str, str, str, str, str]]:
    """The rows of the table: the median of all functions, then each, the slowest first; each with the status that it answered."""
    made = firm(on)
    with google.running() as stand_in, tempfile.TemporaryDirectory() as folder, _parts(Path(folder)) as parts:
        for token in made.tokens.values():  # a step that takes a signature asks whether the sign-in still stands
            uid = tokens.parse(token)[1]["sub"]
            stand_in.accounts[uid] = {"localId": uid, "validSince": "0"}
        starter = Starter(_environment(stand_in, Path(folder), parts), ",".join(development()))
        starter.start(EMPTY)  # compiles
        taken = {function.name: _taken(starter, function, made, stand_in) for function in register.read()}
    ranked = sorted(taken.items(), key=lambda item: -item[1][0] / item[1][1])
    rows = [
        (f"cold start of {name}, {words}", f"{ours:.0f} ms", f"{empty:.0f} ms", f"{ours / empty:.2f}", "<= 3")
        for name, (ours, empty, words) in ranked
    ]
    ours, empty = statistics.median(one for one, _, _ in taken.values()), statistics.median(other for _, other, _ in taken.values())
    ratio = statistics.median(ours / empty for ours, empty, _ in taken.values())
    return [("cold start, median of every function", f"{ours:.0f} ms", f"{empty:.0f} ms", f"{ratio:.2f}", "<= 3"), *rows]


def _taken(starter: Starter, function: register.Function, made: Firm, stand_in: google.Google) -> tuple[float, float, str]:
    """The best time of a function and of the empty one beside it, and what is to be told of its answer."""
    for role in made.tokens:
        asked = _asked(function, made, role, stand_in)
        *_, status = starter.start(asked)  # compiles, too
        if status != 403:
            break
    assert status not in {401, 403, 405, 500, 503}, f"{function.name} answers {status}: that isn't its own answer"
    best, in_vain = [float("inf")] * 3, 0
    for _ in range(MOST):
        first, second, _ = starter.start(_asked(function, made, role, stand_in))
        tried = [first, starter.start(EMPTY)[0], second if function.trigger == "schedule" else 0]
        in_vain = 0 if any(new < 0.98 * old for new, old in zip(tried, best, strict=True)) else in_vain + 1
        best = [min(pair) for pair in zip(tried, best, strict=True)]
        if in_vain == IN_VAIN:
            break
    ours, empty, work = best
    return ours - work, empty, f"answering {status}" + (f" after {work:.0f} ms of work" if work else "")


def _asked(function: register.Function, made: Firm, role: str, stand_in: google.Google) -> Asked:
    if function.trigger == "schedule":
        token = stand_in.sign(_scheduler_claims(function.path))
        return Asked(function.name, function.source, "POST", headers={"Authorization": f"Bearer {token}"})
    if function.trigger == "webhook":
        events = json.dumps(
            [{"sg_event_id": uuid4().hex, "email": "a@bench.qfacts.example", "event": "bounce", "timestamp": int(time.time())}]
        )
        headers = sendgrid.signed(events.encode()) | {"Content-Type": "application/json"}
        return Asked(function.name, function.source, "POST", body=events, headers=headers)
    from tests.functions.samples import DOORS, sample

    door = DOORS[function.name]
    well_formed = sample(door)
    if isinstance(well_formed.get("name"), str):
        well_formed["name"] = f"Bench {uuid4()}"
    headers = {"Authorization": f"Bearer {made.tokens[role]}"} | ({"X-Organisation": made.id} if door.organisation else {})
    if door.method == "GET":
        return Asked(function.name, function.source, "GET", query=urlencode(well_formed), headers=headers)
    headers["Content-Type"] = "application/json"
    return Asked(function.name, function.source, "POST", body=json.dumps(well_formed), headers=headers)


def _scheduler_claims(path: str) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": "https://accounts.google.com",
        "aud": f"{os.environ['QFACTS_ORIGIN']}{path}",
        "sub": "1",
        "iat": now,
        "exp": now + 600,
        "email": f"jobs@{google.PROJECT}.iam.gserviceaccount.com",
        "email_verified": True,
    }


@contextmanager
def _parts(folder: Path) -> Iterator[dict[str, str]]:
    """Cloud Storage and BigQuery as on one machine, running: the variables that lead to them."""
    buckets, analysts = storage.start(folder), warehouse.start(folder)
    try:
        yield buckets.environment() | {"QFACTS_WAREHOUSE": analysts.url}
    finally:
        storage.stop(buckets)
        analysts.stop()


def _environment(stand_in: google.Google, folder: Path, parts: dict[str, str]) -> dict[str, str]:
    """This process's, with Google on this machine, and with bytecode kept beside everything else's."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONDONTWRITEBYTECODE", "QFACTS_POOL_SIZE"}}
    own = {
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "FIREBASE_AUTH_EMULATOR_HOST": stand_in.url.removeprefix("http://"),
        "QFACTS_SENDGRID": stand_in.url,
        "QFACTS_MAIL_EVENTS_KEY": sendgrid.PUBLIC,
        "QFACTS_OIDC_CERTS": f"{stand_in.url}/certificates",
        "QFACTS_SCHEDULER_ACCOUNT": f"jobs@{google.PROJECT}.iam.gserviceaccount.com",
    }
    return kept | parts | own


def development() -> list[str]:
    """The packages that only development adds. They are hidden: httpx, for one, loads a command line where it finds their colours."""
    added = _pinned("infra/local/requirements.txt") - _pinned("requirements.txt")
    owners = importlib.metadata.packages_distributions()
    return sorted(package for package, names in owners.items() if {_plain(name) for name in names} <= added)


def _pinned(lock: str) -> set[str]:
    return {_plain(name) for name in re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(), re.MULTILINE)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
