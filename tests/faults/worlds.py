"""Worlds in which a delivery is broken: copies of the day on which everything is due, with files, seals, backups, mail and warehouse."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.local.inbox import Inbox
from shared.db import database as module
from shared.outside import config
from shared.queries import audit_trail
from tests.database import Server, acting
from tests.faults.delivery import each_moment
from tests.functions.deliveries import Deliver
from tests.product import Product
from tests.usage import published

ROOT = Path(__file__).resolve().parents[2]
GROUND = "due"
BUCKETS = ("QFACTS_BUCKET", "QFACTS_SEAL_BUCKET", "QFACTS_BACKUP_BUCKET")
State = dict[str, Counter[str]]
# What no two runs share: times, ids, hashes, and where in the sixteen chains an entry stands.
TOKEN = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(?:\+\d\d(?::\d\d)?|Z)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:x|\b)[0-9a-f]{40,}"
)
WITHOUT = {
    "audit_entries": "- '{id,xid,ordinal,digest}'::text[]",
    "audit_links": "- '{xid,lane,sequence,previous,digest}'::text[]",
    "tallies": "- 'id'",
    "mails": "- '{attempts,next_attempt_at}'::text[]",
}
ROWS = "select '{table}', (to_jsonb(t) {without})::text from {table} t"


@dataclass
class Ground:
    """The day itself: its objects by bucket, and every id, time and hash in it."""

    server: Server
    objects: dict[str, dict[str, bytes]]
    clients: dict[str, Any]
    known: frozenset[str] = frozenset()
    runs: dict[str, Run] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A delivery that nothing disturbed: at how many moments it might have been, what it counted, what stood before and after."""

    moments: int
    counts: dict[str, Any]
    before: State
    after: State


@dataclass
class World:
    """One copy, and this process's configuration pointing at it."""

    ground: Ground
    product: Product
    deliver: Deliver
    inbox: Inbox
    token: str

    def delivered(self, job: str, slot: str) -> dict[str, Any]:
        """What the function answers in this process."""
        return dict(self.deliver(job, slot, self.product).ok.body)

    def held(self, job: str, slot: str, moment: int) -> subprocess.Popen[str]:
        """A process that delivers and is held at that moment."""
        command = [sys.executable, "-m", "tests.faults.delivery", job, slot, self.token, str(moment)]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        for line in process.stdout:
            if line == "held\n":
                return process
        process.communicate(timeout=10)
        pytest.fail(f"{job} never came to moment {moment}.")

    def leases_end(self) -> None:
        """The time passes that a dead process's claims are good for."""
        self.asks("update job_runs set lease_until = now() - interval '1 s' where finished_at is null")
        self.asks("update mails set next_attempt_at = now() where status = 'queued'")
        self.asks("update blob_deletions set claimed_at = now() - interval '11 minutes'")
        self.asks("update export_progress set touched_at = now() - interval '11 minutes'")

    def asks(self, sql: str) -> list[Any]:
        """A statement of the superuser, answered."""
        return server_asked(self.ground.server, sql, self.product.database_name)

    def state(self) -> State:
        """Everything that stands: rows, objects, mail, what analysts see; without what no two runs share."""
        found = {
            table: Counter(self._plain(row) for row in rows)
            for table, rows in rows_of(self.ground.server, self.product.database_name).items()
            if table != "job_runs"
        }
        found |= {f"objects of {name}": Counter(map(self._plain, self.objects(name))) for name in BUCKETS}
        found["sent"] = Counter(f"{message['to']} {self._plain(message['subject'])}" for message in self.inbox.messages())
        found["published"] = Counter(json.dumps(row, sort_keys=True, default=str) for rows in published().values() for row in rows)
        found["scratch databases"] = Counter(
            row[0] for row in self.asks("select datname from pg_database where starts_with(datname, 'qfacts_check_')")
        )
        return found

    def objects(self, variable: str) -> list[str]:
        """The names in a bucket; of a backup only the manifest's, beside which a killed attempt leaves parts that nothing names."""
        names = sorted(blob.name for blob in _client().bucket(os.environ[variable]).list_blobs())
        return [name for name in names if variable != "QFACTS_BACKUP_BUCKET" or name.endswith("manifest.json")]

    def verify(self) -> None:
        """Every trail holds."""
        for [organisation] in self.asks("select id from organisations"):
            with module.current().transaction(role="qfacts_application", settings=acting(organisation)) as tx:
                assert audit_trail.verify(tx)["intact"] is True

    def _plain(self, text: str) -> str:
        return TOKEN.sub(lambda found: found[0] if found[0] in self.ground.known else "new", text)


def server_asked(server: Server, sql: str, database: str = "postgres") -> list[Any]:
    """A statement of the superuser's on a connection that lasts no longer: the server is killed now and then."""
    connection = server.connect(database)
    try:
        return list(connection.run(sql) or [])
    finally:
        connection.close()


def rows_of(server: Server, database: str) -> dict[str, list[str]]:
    """Each table's rows as JSON, without what no two runs share."""
    tables = server_asked(
        server, "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace", database
    )
    found: dict[str, list[str]] = {table: [] for [table] in tables}
    every = " union all ".join(ROWS.format(table=table, without=WITHOUT.get(table, "")) for table in found)
    for table, row in server_asked(server, every, database):
        found[table].append(row)
    return found


def _client() -> Any:
    from google.cloud.storage import Client

    from shared.google import signers

    credentials, _ = signers.current(config.current())
    return Client(project="demo-qfacts", credentials=credentials)


def make_buckets(patch: pytest.MonkeyPatch, objects: Mapping[str, Mapping[str, bytes]]) -> None:
    """Buckets of one's own with these objects, and this process's configuration pointing at them."""
    for variable in BUCKETS:
        name = f"due-{uuid4().hex[:12]}"
        patch.setenv(variable, name)
        config.current.cache_clear()
        made = _client().create_bucket(name)
        for object_name, content in objects.get(variable, {}).items():
            made.blob(object_name).upload_from_string(content)


def contents() -> dict[str, dict[str, bytes]]:
    """The objects of this process's buckets."""
    return {name: {blob.name: blob.download_as_bytes() for blob in _client().bucket(os.environ[name]).list_blobs()} for name in BUCKETS}


def moments_of(world: World, job: str, slot: str) -> tuple[int, dict[str, Any]]:
    """A delivery in this process: its moments and its counts."""
    seen = 0

    def happens() -> None:
        nonlocal seen
        seen += 1

    with each_moment(happens):
        counts = world.delivered(job, slot)
    return seen, counts
