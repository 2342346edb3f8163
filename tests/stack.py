"""The whole stack on one machine for journeys: `make start`'s own program, on free ports, with its data in a temporary directory."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.local.http_call import Unreachable, call
from infra.local.place import CHECKOUT, OFFSETS, Place, Ports
from tests.database import fast_directory
from tests.ports import hold

PATIENCE = 150  # seconds for everything to answer, the demo organisation included
STOPPING = 45  # seconds for an orderly end
SHARED: list[Stack] = []


@dataclass
class Stack:
    """A running stack: where it is, its process, and what it has printed (a file)."""

    place: Place
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def origin(self) -> str:
        """The product, without a slash at the end."""
        return self.place.ports.origin

    @property
    def identity(self) -> str:
        """The Firebase Auth emulator, without a slash at the end."""
        return self.place.ports.url("identity")

    @property
    def storage(self) -> str:
        """Cloud Storage's gate, without a slash at the end."""
        return self.place.ports.url("file storage")

    @property
    def socket(self) -> Path:
        """The directory of PostgreSQL's Unix socket; the superuser is `postgres`, the database `qfacts`."""
        return self.place.socket

    def environment(self) -> dict[str, str]:
        """This process's environment, pointing `make run-job` and the like at this stack."""
        return {**os.environ, "QFACTS_PORT": str(self.place.ports.product), "QFACTS_HOME": str(self.place.home)}

    def run_job(self, name: str) -> str:
        """What `make run-job JOB=name` prints: the counts as JSON."""
        command = [sys.executable, "-m", "infra.local.run_job", name]
        done = subprocess.run(command, cwd=CHECKOUT, env=self.environment(), capture_output=True, text=True, timeout=330, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def is_ready(self) -> bool:
        """Whether /health says so."""
        try:
            return call("GET", f"{self.origin}/health", timeout=5).status == 200
        except Unreachable:
            return False

    def wait(self, patience: float = PATIENCE) -> None:
        """Wait until it is ready; fails with what it printed."""
        until = time.monotonic() + patience
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"The stack didn't start:\n{self.output.read_text()[-4000:]}", pytrace=False)
            time.sleep(0.2)


def free_ports() -> Ports:
    """Ports that no other test run or worker is given, away from those of a stack that someone develops with."""
    for _ in range(100):
        ports = Ports(random.randrange(20000, 31000))  # noqa: S311 - any will do
        with suppress(OSError):
            for part in OFFSETS:
                hold(ports.of(part))
            return ports
    message = "no free ports"
    raise AssertionError(message)


def home() -> tempfile.TemporaryDirectory[str]:
    """A directory for a stack's data, gone afterwards."""
    return tempfile.TemporaryDirectory(prefix="qfacts-", dir=fast_directory(), ignore_cleanup_errors=True)


def start(home: Path, ports: Ports | None = None, variables: Mapping[str, str] | None = None, *, bare: bool = True) -> Stack:
    """Start a stack with its data in `home`, without waiting for it; `variables` are added to its environment.

    Unless it is `bare`, the demo organisation lives its year at the first start (tests/infra/test_demo_year.py).
    """
    at = Place(home.resolve(), ports or free_ports())
    output = home / "output"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("QFACTS_", "FIREBASE_", "STORAGE_"))}
    environment |= {"QFACTS_PORT": str(at.ports.product), "QFACTS_HOME": str(at.home), "PYTHONPATH": str(CHECKOUT)}
    with output.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.start", *(["--bare"] if bare else [])],
            cwd=CHECKOUT,
            env={**environment, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Stack(at, process, output)


def stop(stack: Stack, how: signal.Signals = signal.SIGTERM) -> None:
    """End it, in order unless `how` is SIGKILL."""
    if stack.process.poll() is None:
        stack.process.send_signal(how)
    stack.process.wait(STOPPING)


@contextmanager
def running() -> Iterator[Stack]:
    """A stack of one's own, ready, and gone afterwards with its data."""
    with home() as directory:
        stack = start(Path(directory))
        try:
            stack.wait()
            yield stack
        finally:
            stop(stack)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The stack that all share who need a whole one; each makes organisations of its own, and may end it."""
    with running() as started:
        SHARED.append(started)
        yield started
        SHARED.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start the shared stack again for a test that needs it, where the one before has ended it."""
    for shared in SHARED:
        if "stack" in getattr(item, "fixturenames", ()) and shared.process.poll() is not None:
            shared.process = start(shared.place.home, shared.place.ports).process
            shared.wait()
