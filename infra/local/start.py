"""`make start`: brings the whole stack up, keeps it up and, when told to stop, stops it in order.

The order: PostgreSQL, identity, file storage and warehouse at once; the migrations; the product; at the first start the demo organisation
and the year that it has lived, through the product's own doors; the scheduler. `--bare` makes the organisation and its four people only.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from infra import register
from infra.local import demo_organisation, environment, identity, keys, lock, place, postgres
from infra.local.demo_year import clock, making
from infra.local.http_call import answers
from infra.local.place import BACKUP_BUCKET, BUCKET, PROJECT, SEAL_BUCKET, Place, SetUpError
from infra.local.supervisor import Part, Supervisor, clear_leftovers, set_aside_long_logs

LOOK = 0.5  # seconds between two looks at the processes
KEEP = 2.0  # seconds between two looks at the accounts of the identity emulator
PR_SET_PDEATHSIG = 1


class Stopped(Exception):  # noqa: N818 - not an error
    """Someone asked the stack to stop."""


def storage_part(at: Place) -> Part:
    """Cloud Storage behind its gate."""
    command = ["-m", "infra.local.storage_gate", "--project", PROJECT, "--bucket", BUCKET, "--home", str(at.storage)]
    command += ["--locked-bucket", SEAL_BUCKET, "--locked-bucket", BACKUP_BUCKET]
    command += ["--port", str(at.ports.of("file storage")), "--backend-port", str(at.ports.of("file storage behind its gate"))]
    command += ["--key", str(keys.signer_key(at)), "--origin", at.ports.origin]
    url = at.ports.url("file storage")
    return _python_part("file storage", at, command, lambda: answers(f"{url}/health"))


def warehouse_part(at: Place) -> Part:
    """BigQuery's stand-in."""
    command = ["-m", "infra.local.warehouse", "--port", str(at.ports.of("warehouse")), "--home", str(at.warehouse)]
    return _python_part("warehouse", at, command, lambda: answers(f"{at.ports.url('warehouse')}/health"))


def product_part(at: Place) -> Part:
    """All functions and the stack's pages."""
    return _python_part("product", at, ["-m", "infra.local.product"], lambda: answers(f"{at.ports.origin}/health"))


def scheduler_part(at: Place) -> Part:
    """The schedules of the register."""
    return _python_part("scheduler", at, ["-m", "infra.local.scheduler"], lambda: True)


def _python_part(name: str, at: Place, arguments: list[str], ready: Callable[[], bool]) -> Part:
    return Part(name, lambda: (str(place.python()), *arguments), environment.variables(at), ready)


def bring_up(at: Place, supervisor: Supervisor) -> None:
    """Start everything and return when all of it answers; raises SetUpError."""
    register.read()
    for directory in (at.home, at.logs, at.storage):
        directory.mkdir(parents=True, exist_ok=True)
    set_aside_long_logs(at)
    identity.prepare(at)
    supervisor.start(identity.part(at))  # first, because it takes longest
    keys.prepare(at)
    supervisor.start(storage_part(at))
    supervisor.start(warehouse_part(at))
    postgres.prepare(at)
    supervisor.start(postgres.part(at))
    supervisor.wait("database")
    postgres.prepare_database(at)
    clock.restore(at.socket)
    supervisor.wait("file storage")
    supervisor.wait("warehouse")
    supervisor.start(product_part(at))
    supervisor.wait("product")
    supervisor.wait("identity")


def make_demo(at: Place, supervisor: Supervisor, *, bare: bool) -> str:
    """The demo organisation, where it isn't there yet, and the scheduler; returns a sentence when it couldn't be made.

    The scheduler starts when the year is over: its jobs do what falls due today, not what fell due then.
    """
    trouble = making.make(at) if not bare and making.is_untouched(at) else ""
    supervisor.start(scheduler_part(at))
    try:
        demo_organisation.make(at)
    except demo_organisation.NotMade as error:
        return trouble or f"The demo organisation isn't complete: {error} The next start tries again."
    return trouble


def greet(at: Place, trouble: str, seconds: float) -> None:
    """What to open and how to sign in."""
    origin = at.ports.origin
    lines = [
        "",
        f"QFacts is ready: {origin}  (after {seconds:.0f} s)",
        f"  this machine    {origin}/local  (what runs where; sign in as a demo person with one click)",
        f"  API reference   {origin}/docs",
        f"  mail            {origin}/mail",
        f"  identity        {at.ports.url('identity')}  (project {PROJECT}, any API key)",
        f"  warehouse       {at.ports.url('warehouse')}  (BigQuery's REST, project {PROJECT})",
        f"  data and logs   {at.home}",
        "",
        f"Demo organisation {demo_organisation.ORGANISATION!r}; everyone's password is {demo_organisation.PASSWORD}",
        *(f"  {person.email:<30} {person.says}" for person in demo_organisation.people(at)),
        *([] if demo_organisation.lived(at).exists() else ["It hasn't lived a year yet; one that has: make reset, then make start"]),
        *(["", trouble] if trouble else []),
        "",
        "Ctrl-C stops it; the data stay.",
    ]
    say("\n".join(lines))


def stand_by(at: Place, supervisor: Supervisor) -> None:
    """Watch until stopped: restart what ends by itself, and keep the accounts."""
    keeper = identity.Keeper(at)
    next_copy = 0.0
    while True:
        for sentence in supervisor.watch():
            say(sentence)
        if time.monotonic() >= next_copy:
            began = time.monotonic()
            keeper.keep()
            next_copy = time.monotonic() + max(KEEP, 20 * (time.monotonic() - began))
        time.sleep(LOOK)


def say(text: str) -> None:
    """Print at once; whoever read the output may have gone."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def stop_on_signals() -> None:
    """The first SIGINT, SIGTERM or SIGHUP ends the stack in order; more of them change nothing."""

    def stop(number: int, _frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(signal.Signals(number).name)

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, stop)
    if sys.platform == "linux" and "MAKELEVEL" in os.environ:
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)  # should make be killed


def run(at: Place, *, bare: bool = False) -> int:
    """Run the stack until it is stopped; returns the exit code."""
    began = time.monotonic()
    supervisor = Supervisor(at)
    try:
        clear_leftovers(at)
        place.demand_free_ports(at.ports)
        at.ready.unlink(missing_ok=True)
        if making.forget_unfinished(at):
            say("The last start was stopped while it made the demo organisation's year; it is made anew.")
        say("Starting PostgreSQL, identity, file storage, the warehouse and the product ...")
        bring_up(at, supervisor)
        trouble = make_demo(at, supervisor, bare=bare)
        at.ready.touch()
        greet(at, trouble, time.monotonic() - began)
        stand_by(at, supervisor)
    except Stopped:
        say("\nStopping ...")
        return 0
    except (SetUpError, register.BadRegister) as error:
        say(f"\n{error}")
        return 1
    finally:
        at.ready.unlink(missing_ok=True)
        if "identity" in supervisor.running:
            identity.Keeper(at).keep()
        supervisor.stop()
        say("Stopped.")
    return 0


def main(arguments: list[str]) -> int:
    """The command line's entry."""
    asked = argparse.ArgumentParser(prog="infra.local.start", description="Run the whole product on this machine.")
    asked.add_argument("--bare", action="store_true", help="make the demo organisation without the year that it has lived")
    bare = asked.parse_args(arguments).bare
    stop_on_signals()
    os.umask(0o077)
    try:
        at = place.current()
        with lock.hold(at):
            return run(at, bare=bare)
    except SetUpError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except Stopped:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
