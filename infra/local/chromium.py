"""The browser in which the web application is tested. Standard library only.

On Debian, whoever may install packages gets it with the set-up for tests; elsewhere it is taken where it is there. The tests that need it
are skipped where it isn't, but never where CI is set, as build services do.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

from infra.local.place import SetUpError

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGES = ("chromium", "fonts-liberation")
MISSING = (
    "The tests in the browser are skipped, because this machine has no Chromium: install it (on Debian: sudo apt-get install chromium)."
)

DEMANDED = "CI is set, so the tests in the browser aren't skipped, and this machine has no Chromium that set-up could install: install it."


def found() -> Path | None:
    """The browser's program; QFACTS_CHROMIUM names another one."""
    named = os.environ.get("QFACTS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return Path(named) if named else None


def is_demanded() -> bool:
    """Whether the tests are never skipped here: a build service runs them, or set-up can install the browser."""
    return bool(os.environ.get("CI")) or can_install()


def can_install() -> bool:
    """Whether this is Debian, and its administrator runs this."""
    try:
        system = platform.freedesktop_os_release().get("ID")
    except OSError:
        system = None
    return system == "debian" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def make_sure(log: Path) -> None:
    """Install it where it is missing and that can be done; else say what is missing. Raises SetUpError."""
    if found():
        return
    if not can_install():
        if is_demanded():
            raise SetUpError(DEMANDED)
        print(f"\n{MISSING}\n", flush=True)
        return
    print("Installing Chromium for the tests in the browser ...", flush=True)
    with log.open("wb") as output:
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
            done = subprocess.run(
                ["apt-get", "-qq", *command],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if done.returncode:
                message = f"Chromium couldn't be installed: apt-get {command[0]} failed; its words are in {log}."
                raise SetUpError(message)
