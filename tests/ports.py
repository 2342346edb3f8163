"""Ports for the servers that tests start, and a way of starting them that none outlives the tests."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

CHILD = Path(__file__).resolve().parent.parent / "infra" / "local" / "child.py"
HELD: list[socket.socket] = []


def free_port() -> int:
    """A port of 127.0.0.1 that no other test run or worker is given while this process lives."""
    return hold(0)


def hold(port: int) -> int:
    """Keep a port (0: any) for servers of this process's own; raises OSError where somebody has it.

    A bound socket that doesn't listen keeps everybody else from the port, but for a server that sets SO_REUSEADDR, as all of ours do.
    """
    held = socket.socket()
    try:
        held.bind(("127.0.0.1", port))
    except OSError:
        held.close()
        raise
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # only now: this socket takes nobody's port
    HELD.append(held)
    return int(held.getsockname()[1])


def launcher() -> tuple[str, ...]:
    """What stands before a command so that the kernel ends it when this process dies, however that happens (Linux)."""
    return (sys.executable, "-I", "-S", str(CHILD), str(os.getpid()), "-", str(int(signal.SIGKILL)))
