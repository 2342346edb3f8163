"""Makes `.venv`, the Node packages and the web application; quick when nothing changed. Standard library only.

Run as `python3 -m infra.local.setup`. With `--start` it also makes sure, before it fetches anything, that the ports are free; with
`--quick` it leaves out Node and the web application, which lint, types, house rules and the domain's tests don't need; with `--tests` it
adds what checks and tests of the web application need.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from infra.local import chromium, installers, lock, network, place, web_build
from infra.local.installers import INSTALLER, NODE, REQUIREMENTS
from infra.local.place import SetUpError

OLDEST, NEWEST = (3, 11), (3, 14)  # embedded PostgreSQL comes ready-made for these


def check_python(version: tuple[int, int], modules: tuple[str, ...] = ("venv", "ensurepip")) -> None:
    """Raise SetUpError where this Python is too old or too new, or can't make virtual environments."""
    named = ".".join(map(str, version))
    if not OLDEST <= version <= NEWEST:
        message = (
            f"QFacts needs Python 3.11 to 3.14; {sys.executable} is {named}. "
            "Install one of them, or name it: make start PYTHON=/path/to/python3.11"
        )
        raise SetUpError(message)
    if missing := [module for module in modules if importlib.util.find_spec(module) is None]:
        message = (
            f"Python {named} has no module {' or '.join(missing)}, so it can't make a virtual environment. "
            f"On Debian or Ubuntu: sudo apt-get install python{named}-venv; elsewhere install Python's venv and ensurepip."
        )
        raise SetUpError(message)


def fingerprint(*files: Path) -> str:
    """SHA-256 over the files and this Python's version: while it stays the same, nothing is installed again."""
    digest = hashlib.sha256(platform.python_version().encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_installed(stamp: Path, mark: str) -> bool:
    """Whether an earlier run finished with the same lists."""
    return stamp.exists() and stamp.read_text().strip() == mark


def make_environment() -> None:
    """The virtual environment, made anew where it is missing, broken or of another Python."""
    wanted = ".".join(map(str, sys.version_info[:2]))
    own = place.VENV / "bin" / "python"
    if own.exists():
        probe = [str(own), "-c", "import pip, sys; print('%d.%d' % sys.version_info[:2])"]
        answer = subprocess.run(probe, capture_output=True, text=True, timeout=60, check=False)
        if answer.stdout.strip() == wanted:
            return
    print("Making .venv ...", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", place.VENV], capture_output=True, text=True, timeout=300, check=False)
    if made.returncode:
        said = (made.stdout + made.stderr).strip() or "no word"
        message = f"Python can't make a virtual environment in {place.VENV}: {said.splitlines()[-1]}"
        raise SetUpError(message)


def install(*, python_alone: bool = False, tests: bool = False) -> None:
    """Bring the packages in line with the pinned lists and build the web application; or Python's packages alone, or those of tests too."""
    since = time.monotonic()
    logs = place.CHECKOUT / ".local" / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    node, npm = installers.packaged_node()
    stamp, mark = place.VENV / "installed", fingerprint(REQUIREMENTS)
    wheel_stamp, wheel_mark = place.VENV / "node-installed", fingerprint(NODE / "requirements.txt")
    node_stamp, node_mark = place.NODE_PACKAGES / "installed", fingerprint(NODE / "package-lock.json")
    needs_python = not (place.python() == place.VENV / "bin" / "python" and is_installed(stamp, mark))
    needs_wheel = not python_alone and (needs_python or not (is_installed(wheel_stamp, wheel_mark) and node.exists()))
    needs_node = not python_alone and not is_installed(node_stamp, node_mark)
    web = None if python_alone else web_build.Work.left(tests=tests)
    if not (needs_python or needs_wheel or needs_node or web):
        return
    print(f"Setting up QFacts: this happens once and takes {'about a minute' if python_alone else 'a minute or two'}.", flush=True)
    make_environment()
    reached = network.read()
    lists = ([INSTALLER] if needs_python else []) + ([NODE / "requirements.txt"] if needs_wheel else [])
    if lists:
        installers.finish([installers.pip(lists, logs / "setup-installer.log", "The installer", reached)], since)
    tasks = []
    if needs_node:
        node_stamp.unlink(missing_ok=True)
        tasks.append(installers.emulator(npm, node, logs / "setup-npm.log", reached))
    if web:
        tasks.append(web.start(npm, node, logs, reached))
    if needs_python:
        stamp.unlink(missing_ok=True)
        tasks.append(installers.uv(REQUIREMENTS, logs / "setup-python.log", "Python packages", reached))
    installers.finish(tasks, since)
    for needed, file, text in ((needs_python, stamp, mark), (needs_wheel, wheel_stamp, wheel_mark), (needs_node, node_stamp, node_mark)):
        if needed:
            file.write_text(text)
    if web:
        web.done()
    print(f"Set up in {time.monotonic() - since:.0f} s.", flush=True)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in this checkout: a second one waits."""
    directory = place.CHECKOUT / ".local"
    directory.mkdir(exist_ok=True)
    with (directory / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up of this checkout is running; waiting for it ...", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: list[str]) -> int:
    """Set up; 0 when everything is there."""
    reader = argparse.ArgumentParser(prog="python3 -m infra.local.setup", description="Fetches what QFacts needs on one machine.")
    reader.add_argument("--start", action="store_true", help="first make sure that the ports are free")
    reader.add_argument("--quick", action="store_true", help="the Python packages alone, without those of Node")
    reader.add_argument("--tests", action="store_true", help="what checks and tests of the web application need, too")
    asked = reader.parse_args(arguments)
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)
    os.umask(0o022)  # as root, PostgreSQL runs as another user and must be able to read its programs
    try:
        check_python((sys.version_info[0], sys.version_info[1]))
        if asked.start:
            at = place.current()
            with lock.hold(at):
                place.demand_free_ports(at.ports)
        with alone():
            install(python_alone=asked.quick, tests=asked.tests)
            if asked.tests:
                chromium.make_sure(place.CHECKOUT / ".local" / "logs" / "setup-chromium.log")
    except SetUpError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run it again to go on.", file=sys.stderr, flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
