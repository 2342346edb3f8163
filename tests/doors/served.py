"""Services in processes of their own, as the image starts them, and clients that don't behave."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.http_call import Unreachable, call
from tests.ports import free_port, launcher

ROOT = Path(__file__).resolve().parents[2]
COMMAND = json.loads(re.findall(r"^CMD (.*)$", (ROOT / "infra/Dockerfile").read_text(), re.MULTILINE)[0])
THREADS = 8


@dataclass(frozen=True)
class Served:
    """A running service."""

    port: int

    @property
    def origin(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        """A connection on which nothing is sent yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@contextmanager
def running(command: list[str], variables: dict[str, str]) -> Iterator[Served]:
    """A server that a command starts; its port is in PORT and QFACTS_PORT."""
    served = Served(free_port())
    environment = {
        **{name: value for name, value in os.environ.items() if name.startswith(("QFACTS", "FIREBASE", "STORAGE", "NO_PROXY"))},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "THREADS": str(THREADS),
        "QFACTS_POOL_SIZE": "2",
        **variables,
        "PORT": str(served.port),
        "QFACTS_PORT": str(served.port),
    }
    process = subprocess.Popen([*launcher(), *command], env=environment, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        _await(served)
        yield served
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def imaged(source: str, *functions: str) -> tuple[list[str], dict[str, str]]:
    """The image's own command for an area's folder or one function's file."""
    return ["/bin/sh", *COMMAND[1:]], {"FUNCTION_SOURCE": str(ROOT / "functions" / source), "FUNCTION_TARGET": ",".join(functions)}


def _await(served: Served) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            call("GET", f"{served.origin}/robots.txt", timeout=5)
        except Unreachable:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(served.origin)


def head(path: str, *, method: str = "POST", by: str = "", organisation: str = "", length: int = 1000, more: str = "") -> bytes:
    """The head of a request of HTTP/1.1."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *([more] if more else [])]
    lines += [f"Authorization: Bearer {by}"] if by else []
    lines += [f"X-Organisation: {organisation}"] if organisation else []
    lines += [f"Content-Length: {length}"] if method == "POST" and "chunked" not in more else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@contextmanager
def sending(served: Served, data: bytes, times: int) -> Iterator[list[socket.socket]]:
    """Connections on which no more than this is sent."""
    with ExitStack() as stack:
        made = [stack.enter_context(served.connect()) for _ in range(times)]
        for one in made:
            one.sendall(data)
        yield made


def answer(connection: socket.socket) -> tuple[int, str]:
    """The status and the whole answer on a connection that is closed after it, or after one answer that says its length."""
    got = b""
    while True:
        data = connection.recv(65536)
        got += data
        said, _, body = got.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", said)
        if not data or (length and len(body) >= int(length[1])):
            return (int(got.split()[1]) if got else 0), got.decode()


def asked(served: Served, path: str, token: str = "", organisation: str = "") -> tuple[int, float]:
    """The status of a read and the seconds that it took."""
    began = time.monotonic()
    headers = ({"Authorization": f"Bearer {token}"} if token else {}) | ({"X-Organisation": organisation} if organisation else {})
    status = call("GET", f"{served.origin}{path}", headers=headers, timeout=20).status
    return status, time.monotonic() - began
