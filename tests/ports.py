"""Ports for the servers that tests start, and a way of starting them that none outlives the tests."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

CHILD = Path(__file__).resolve().parent.parent / "infra" / "local" / "child.py"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launcher() -> tuple[str, ...]:
    """What stands before a command so that the kernel ends it when this process dies, however that happens (Linux)."""
    return (sys.executable, "-I", "-S", str(CHILD), str(os.getpid()), "-", str(int(signal.SIGKILL)))
