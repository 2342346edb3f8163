"""Runs the parts of the stack as processes of their own: starts, watches, restarts and stops them. None outlives it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.place import Place, SetUpError

LAUNCHER = Path(__file__).with_name("child.py")
LOG_LIMIT = 5_000_000  # bytes; a longer log is set aside at the next start
RESTARTS, WINDOW = 5, 60.0  # so many in so many seconds, then the stack gives up


@dataclass(frozen=True)
class Part:
    """One process: how to start it (asked at each start), how to see that it answers, how to stop it.

    `ready` is asked until it is true, for `patience` seconds. `stop` is the signal for an orderly end, `kill` the one that the
    kernel sends when the supervisor is killed. `user` is who it runs as where the stack runs as root.
    """

    name: str
    command: Callable[[], tuple[str, ...]]
    environment: Mapping[str, str]
    ready: Callable[[], bool]
    patience: float = 60
    stop: signal.Signals = signal.SIGTERM
    kill: signal.Signals = signal.SIGKILL
    user: str = "-"


@dataclass
class Running:
    """A part and its process."""

    part: Part
    process: subprocess.Popen[bytes]
    restarts: list[float] = field(default_factory=list)


class Supervisor:
    """Holds the running parts of one place."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.running: dict[str, Running] = {}

    def start(self, part: Part) -> None:
        """Start `part`, without waiting for it."""
        former = self.running.get(part.name)
        launcher = (sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), part.user, str(int(part.kill)))
        with self.log(part.name).open("ab") as log:
            process = subprocess.Popen(
                launcher + part.command(),
                cwd=self.place.logs,
                env=dict(part.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running[part.name] = Running(part, process, former.restarts if former else [])
        self._note_processes()

    def wait(self, name: str) -> None:
        """Wait until a started part answers; raises SetUpError with the end of its log."""
        running = self.running[name]
        until = time.monotonic() + running.part.patience
        while not running.part.ready():
            if running.process.poll() is not None:
                raise SetUpError(self.explain(name, f"The {name} ended while starting (exit code {running.process.returncode})"))
            if time.monotonic() > until:
                raise SetUpError(self.explain(name, f"The {name} doesn't answer after {running.part.patience:.0f} s"))
            time.sleep(0.05)

    def watch(self) -> list[str]:
        """Restart what ended by itself; returns a sentence for each. Raises SetUpError where one keeps ending."""
        sentences = []
        for name, running in list(self.running.items()):
            code = running.process.poll()
            if code is None:
                continue
            now = time.monotonic()
            running.restarts = [at for at in running.restarts if now - at < WINDOW]
            if len(running.restarts) >= RESTARTS:
                raise SetUpError(self.explain(name, f"The {name} ended {RESTARTS} times within a minute"))
            if running.restarts:
                time.sleep(1)
            running.restarts.append(now)
            self.start(running.part)
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            sentences.append(f"The {name} ended by itself ({how}); started again. Its log: {self.log(name)}")
        return sentences

    def stop(self, patience: float = 10) -> None:
        """End every part in the reverse order of starting: politely, then after `patience` seconds each by force."""
        for running in reversed(list(self.running.values())):
            if running.process.poll() is None:
                running.process.send_signal(running.part.stop)
                try:
                    running.process.wait(patience)
                except subprocess.TimeoutExpired:
                    running.process.kill()
                    running.process.wait(patience)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(running.process.pid, signal.SIGKILL)  # what it may have left
        self.running.clear()
        self._note_processes()

    def log(self, name: str) -> Path:
        """The log of a part."""
        return self.place.logs / f"{name.replace(' ', '-')}.log"

    def explain(self, name: str, what: str) -> str:
        """`what`, the last lines of that part's log and where the rest is."""
        log = self.log(name)
        lines = log.read_text(errors="replace").splitlines()[-8:] if log.exists() else []
        return "\n".join([f"{what}. The end of its log ({log}):", *(f"  {line}" for line in lines)])

    def _note_processes(self) -> None:
        """Write down what runs, for the next start to clear away should this one be killed."""
        notes = [[name, running.process.pid, _birth(running.process.pid)] for name, running in self.running.items()]
        (self.place.run / "processes.json").write_text(json.dumps(notes))


def clear_leftovers(place: Place, patience: float = 3) -> None:
    """End what a killed run of this place left behind; each is recognised by its number and the moment it was started."""
    notes = place.run / "processes.json"
    try:
        leftovers = [(int(pid), birth) for _, pid, birth in json.loads(notes.read_text())]
    except (OSError, ValueError):
        return
    until = time.monotonic() + patience
    while alive := [pid for pid, birth in leftovers if birth and _birth(pid) == birth]:
        if time.monotonic() > until:
            for pid in alive:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
            break
        time.sleep(0.05)
    notes.unlink()


def set_aside_long_logs(place: Place) -> None:
    """Keep one former generation of a long log."""
    for log in place.logs.glob("*.log"):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".former"))


def _birth(pid: int) -> float:
    """When process `pid` was started (seconds since 1970); 0 where there is none."""
    import psutil

    try:
        process = psutil.Process(pid)
        return 0.0 if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return 0.0
