"""BigQuery for tests: the local warehouse's own program on a free port, and the real client library."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.bigquery import Client, DatasetReference, LoadJobConfig, SchemaField, Table, TimePartitioning

from infra.local.place import PROJECT
from shared.outside import config
from tests.ports import free_port, launcher

SCHEMA = (
    SchemaField("day", "DATE", "REQUIRED", description="the day it tells of"),
    SchemaField("step", "STRING", "REQUIRED"),
    SchemaField("times", "INTEGER"),
    SchemaField("rate", "FLOAT"),
    SchemaField("amount", "NUMERIC"),
    SchemaField("adopted", "BOOLEAN"),
    SchemaField("at", "TIMESTAMP"),
)
GOOD = {"day": "2026-01-01", "step": "submit", "times": 3, "rate": 0.5, "amount": "1.5", "adopted": True, "at": "2026-01-01T10:00:00Z"}
Load = Callable[..., int]
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
        return Client(PROJECT, AnonymousCredentials(), client_options={"api_endpoint": self.url})  # type: ignore[no-untyped-call]  # google-auth is typed in parts

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


@pytest.fixture
def client(warehouse: Warehouse) -> Client:
    """BigQuery's own client, of the running warehouse."""
    return warehouse.client()


@pytest.fixture
def dataset(client: Client) -> Iterator[DatasetReference]:
    """A dataset of the test's own."""
    name = f"d_{uuid4().hex}"
    yield client.create_dataset(name).reference
    client.delete_dataset(name, delete_contents=True)


@pytest.fixture
def table(client: Client, dataset: DatasetReference) -> Table:
    """An empty table, by day and clustered."""
    asked = Table(dataset.table("steps"), schema=SCHEMA)
    asked.description = "Steps taken, by day."
    asked.time_partitioning = TimePartitioning(field="day")
    asked.clustering_fields = ["step"]
    return client.create_table(asked)


@pytest.fixture
def load(client: Client, table: Table) -> Load:
    """Loads rows into the table, or into the partition `day`; returns how many."""

    def load(rows: list[Any], day: str = "", **settings: Any) -> int:
        given = LoadJobConfig(**{"source_format": "NEWLINE_DELIMITED_JSON", "schema": SCHEMA, **settings})
        target = f"{table.full_table_id.replace(':', '.')}{'$' if day else ''}{day}"
        content = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
        job = client.load_table_from_file(io.BytesIO(content.encode()), target, job_config=given)
        job.result(timeout=20)
        return int(job.output_rows)

    return load


def steps(client: Client, table: Table) -> list[tuple[str, str]]:
    """Day and step of every row."""
    return sorted((row["day"].isoformat(), row["step"]) for row in client.list_rows(table))
