"""A bucket of backups, with a database to restore them into."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from infra import restorer
from shared.google import files, signers
from shared.outside import config
from tests.database import Office, Server
from tests.storage import Storage

LOGIN = "qfacts_test_backups"
FILE = (
    "insert into files (organisation_id, id, filename, media_type, size, sha256, status, uploaded_by, finished_at)"
    " values (:o::uuid, :id::uuid, 'a.pdf', 'application/pdf', :size, :sha256, 'finished', :p::uuid, now())"
)


@pytest.fixture(scope="session")
def restoring(server: Server, template: str) -> str:
    """The server prepared for checks, and a login that makes backups; its name."""
    restorer.prepare(server.socket)
    connection = server.connect(template)
    connection.run(f"create role {LOGIN} login noinherit")
    connection.run("select prepare_login(:login)", login=LOGIN)
    connection.run(f"grant qfacts_backup to {LOGIN} with set true, inherit false")
    connection.close()
    return LOGIN


@pytest.fixture
def bucket(storage: Storage, restoring: str, server: Server, database_name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket of this test's own, with this process's configuration pointing at it and at the test's database."""
    from google.cloud.storage import Client

    name = f"backups-{uuid4().hex[:12]}"
    chosen = {
        "QFACTS_BACKUP_BUCKET": name,
        "QFACTS_DATABASE_SOCKET": server.socket,
        "QFACTS_DATABASE_NAME": database_name,
        "QFACTS_DATABASE_USER": restoring,
        "QFACTS_RESTORE_USER": restorer.LOGIN,
    }
    for variable, value in chosen.items():
        monkeypatch.setenv(variable, value)
    config.current.cache_clear()
    credentials, _ = signers.current(config.current())
    made = Client(project="demo-qfacts", credentials=credentials).create_bucket(name)
    yield made
    config.current.cache_clear()


def kept(office: Office, content: bytes) -> str:
    """A file that the office keeps; its hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    files._bucket().blob(files._blob(office.id, sha256)).upload_from_string(content)
    office.does(FILE, o=office.id, id=uuid4(), p=office.person, size=len(content), sha256=sha256)
    return sha256


def names(bucket: Any) -> list[str]:
    return sorted(blob.name for blob in bucket.list_blobs())


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The differences that were logged as errors."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    return [line["difference"] for line in lines if line["severity"] == "ERROR" and "difference" in line]
