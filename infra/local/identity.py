"""The Firebase Auth emulator: its settings, its process, and copies of its accounts, which it holds in memory only."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
from pathlib import Path

from infra.local import installers
from infra.local import place as places
from infra.local.http_call import Unreachable, call, send_json
from infra.local.place import HOST, PROJECT, Place
from infra.local.supervisor import Part

PROGRAM = places.NODE_PACKAGES / "node_modules" / "firebase-tools" / "lib" / "bin" / "firebase.js"
FASTER = installers.NODE / "start_faster.js"
OWNER = {"Authorization": "Bearer owner"}  # the emulator's word for the project's administrator


def prepare(place: Place) -> None:
    """Write the emulator's settings and give it a home directory of its own, so that it asks and tells nobody anything."""
    home = place.identity / "home"
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    ports = {"auth": "identity", "hub": "identity's hub", "logging": "identity's log"}
    emulators: dict[str, object] = {name: {"host": HOST, "port": place.ports.of(part)} for name, part in ports.items()}
    emulators |= {"ui": {"enabled": False}, "singleProjectMode": True}
    (place.identity / "firebase.json").write_text(json.dumps({"emulators": emulators}, indent=2))


def part(place: Place) -> Part:
    """The emulator's process."""
    node, _ = installers.packaged_node()

    def command() -> tuple[str, ...]:
        words = [
            str(node),
            "--require",
            str(FASTER),
            str(PROGRAM),
            "emulators:start",
            "--only",
            "auth",
            "--project",
            PROJECT,
            "--non-interactive",
        ]
        words += ["--config", str(place.identity / "firebase.json")]
        return (*words, "--import", str(kept[-1])) if (kept := copies(place)) else tuple(words)

    home = place.identity / "home"
    return Part(
        name="identity",
        command=command,
        environment={
            "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "TMPDIR": str(home / "tmp"),  # its hub leaves a file there that is named by the project only
            "CI": "1",
            "NO_UPDATE_NOTIFIER": "1",
        },
        ready=lambda: is_ready(place),
        patience=90,
        stop=signal.SIGKILL,  # its accounts are kept by Keeper
    )


def copies(place: Place) -> list[Path]:
    """The finished copies of the accounts, oldest first."""
    numbered = sorted(place.identity.glob("copy-*"), key=lambda path: int(path.name.removeprefix("copy-")))
    return [path for path in numbered if (path / "finished").exists()]


def accounts(place: Place) -> bytes | None:
    """The emulator's accounts as it tells them; None where it doesn't answer."""
    address = f"{place.ports.url('identity')}/identitytoolkit.googleapis.com/v1/projects/{PROJECT}/accounts:batchGet?maxResults=-1"
    try:
        answer = call("GET", address, headers=OWNER, timeout=5)
    except Unreachable:
        return None
    return answer.body if answer.is_good else None


def is_ready(place: Place) -> bool:
    """Whether the emulator answers and has taken in the accounts that were kept (it answers a little before that)."""
    held = accounts(place)
    return held is not None and (bool(json.loads(held).get("users")) or not copies(place))


class Keeper:
    """Copies the accounts to disk whenever they have changed; a copy counts only once it is finished, and is never empty."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.kept = ""

    def keep(self) -> None:
        """Make a copy if anything changed since the last one. Silent where the emulator doesn't answer."""
        held = accounts(self.place)
        if held is None or not json.loads(held).get("users"):
            return
        state = hashlib.sha256(held).hexdigest()
        if state == self.kept:
            return
        former = copies(self.place)
        number = int(former[-1].name.removeprefix("copy-")) + 1 if former else 1
        copy = self.place.identity / f"copy-{number}"
        shutil.rmtree(copy, ignore_errors=True)
        order = {"path": str(copy), "initiatedBy": "qfacts"}
        try:
            done = send_json("POST", self.place.ports.url("identity's hub") + "/_admin/export", order, timeout=10)
        except Unreachable:
            return
        if done.is_good:
            (copy / "finished").touch()
            self.kept = state
            for old in former:
                shutil.rmtree(old, ignore_errors=True)
