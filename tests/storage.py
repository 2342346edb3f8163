"""Cloud Storage for tests: the real gate and the real fake-gcs-server, as processes of their own, on free ports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.local import keys
from shared.outside import config
from tests.ports import free_port, launcher

BUCKET = "qfacts-test"
SEAL_BUCKET = "qfacts-test-seals"
BACKUP_BUCKET = "qfacts-test-backups"
ORIGIN = "http://127.0.0.1:8080"
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Storage:
    """A running gate: where it listens, where fake-gcs-server behind it does, and the key that may sign."""

    port: int
    backend_port: int
    key: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The variables that lead the product to it."""
        return {
            "STORAGE_EMULATOR_HOST": self.url,
            "QFACTS_SIGNER_KEY": str(self.key),
            "QFACTS_BUCKET": BUCKET,
            "QFACTS_SEAL_BUCKET": SEAL_BUCKET,
            "QFACTS_SEAL_KEY": str(self.key.with_name("seals.json")),
            "QFACTS_BACKUP_BUCKET": BACKUP_BUCKET,
            "NO_PROXY": "127.0.0.1",
        }


def start(home: Path, python: str = sys.executable) -> Storage:
    """Starts gate and server with their data in `home`; returns once they answer."""
    port, backend_port = free_port(), free_port()
    command = [
        *launcher(),
        *(python, "-m", "infra.local.storage_gate", "--port", str(port), "--backend-port", str(backend_port)),
        *("--home", str(home), "--bucket", BUCKET, "--locked-bucket", SEAL_BUCKET, "--locked-bucket", BACKUP_BUCKET, "--origin", ORIGIN),
    ]
    keys.make_seal_key(home / "seals.json")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert b"storage is ready" in line, "The storage gate didn't start: its reason stands above."
    return Storage(port, backend_port, home / "signer.json", process)


def stop(storage: Storage) -> None:
    """Ends the gate, which ends the server."""
    storage.process.send_signal(signal.SIGTERM)
    storage.process.wait(10)
    if storage.process.stdout:
        storage.process.stdout.close()


@pytest.fixture(scope="session")
def storage_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """One gate for the whole run; every test uses object names of its own."""
    running = start(tmp_path_factory.mktemp("storage"))
    yield running
    stop(running)


@pytest.fixture
def storage(storage_server: Storage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """The gate, with this process's configuration pointing at it."""
    for name, value in storage_server.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("QFACTS_PROJECT", "demo-qfacts")
    config.current.cache_clear()
    yield storage_server
    config.current.cache_clear()
