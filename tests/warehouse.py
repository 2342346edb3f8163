"""BigQuery for tests: the local warehouse's own program on a free port, and the real client library."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.bigquery import Client

from infra.local.place import PROJECT
from shared.io import config
from tests.ports import free_port, launcher

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Warehouse:
    """A running warehouse: where it listens, and its process."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> Client:
        """BigQuery's own client, as an analyst's script has it."""
        return Client(PROJECT, AnonymousCredentials(), client_options={"api_endpoint": self.url})  # type: ignore[no-untyped-call]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it; the code with which it ended."""
        self.process.send_signal(how)
        code = self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def start(home: Path) -> Warehouse:
    """Starts a warehouse with its file in `home`; returns once it listens."""
    port = free_port()
    command = [*launcher(), sys.executable, "-m", "infra.local.warehouse", "--port", str(port), "--home", str(home)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert b"warehouse is ready" in line, "The warehouse didn't start: its reason stands above."
    return Warehouse(port, process)


@pytest.fixture(scope="session")
def warehouse_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """One warehouse for the whole run; every test uses a dataset of its own."""
    running = start(tmp_path_factory.mktemp("warehouse"))
    yield running
    running.stop()


@pytest.fixture
def warehouse(warehouse_server: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    """The warehouse, with this process's configuration pointing at it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("QFACTS_PROJECT", PROJECT)
    monkeypatch.setenv("QFACTS_WAREHOUSE", warehouse_server.url)
    config.current.cache_clear()
    yield warehouse_server
    config.current.cache_clear()
