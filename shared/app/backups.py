"""The daily backup: a snapshot of every table, in a bucket of another project.

It uses COPY instead of pg_dump, which must match the server's version, is in no base image and can't log in by IAM. It reads through
the policies of qfacts_backup, and streams, orders and hashes each table, so that a restored table is compared by the same query.
The schema isn't dumped, because migrations make it; the backup records the migration's number.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from shared.db import catalogue, database
from shared.domain.kernel.errors import Unavailable
from shared.domain.kernel.sentences import Sentence
from shared.domain.reports import backups
from shared.google.vault import Sink, Vault, Writer
from shared.outside import config, telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from shared.db.database import Database
    from shared.db.transaction import Transaction

ROLE: Final = "qfacts_backup"
PATIENCE: Final = 600  # seconds to wait for the server's next byte
SETTINGS: Final = catalogue.PLAIN | {"statement_timeout": "1800s", "idle_in_transaction_session_timeout": "300s", "jit": "off"}
SNAPSHOT: Final = "begin isolation level repeatable read read only"
ALONE: Final = "select pg_try_advisory_xact_lock(hashtextextended('qfacts backup', 0)) as mine"


def make() -> dict[str, int]:
    """Make the backup of the day (UTC) unless it exists; return the numbers of tables, rows, bytes and seconds.

    A killed run leaves objects that no manifest names, and the next run starts afresh beside them. A lock lets one run work at a time.
    """
    began, vault = time.monotonic(), Vault(config.current().backup_bucket)
    with _opened() as source, source.transaction(role=ROLE, settings=SETTINGS, opening=SNAPSHOT) as tx:
        if not tx.row(ALONE).mine:
            raise Unavailable(Sentence("backup_under_way", "A backup is being made already; it is there in a while."), retry_after=120)
        day = tx.now.date()
        if vault.has(backups.name(day)):
            return {"made_before": 1}
        manifest = _dump(tx, vault, day)
    if not vault.put_once(backups.name(day), backups.write(manifest)):
        return {"made_before": 1}
    counts = {"tables": len(manifest.tables), "rows": manifest.rows, "bytes": manifest.bytes}
    counts |= {one.name: one.content.rows for one in manifest.lists} | {"seconds": round(time.monotonic() - began)}
    telemetry.log("INFO", "a backup was made", day=day.isoformat(), schema=manifest.schema, **counts)
    return counts


def _dump(tx: Transaction, vault: Vault, day: date) -> backups.Manifest:
    """Copy everything that the transaction sees and return the manifest."""
    run_id = f"{tx.now:%H%M%S}-{tx.row('select gen_random_uuid()::text as id').id[:8]}"

    def kept(name: str, columns: tuple[str, ...], sql: str) -> backups.Table:
        writer = Writer(vault.bucket, backups.part(day, run_id, name))
        content = measured(tx, sql, writer)
        return backups.Table(
            name=name, columns=columns, content=content, object=writer.name if content.rows else "", object_sha256=writer.object_sha256
        )

    return backups.Manifest(
        day=day,
        made_at=tx.now,
        run_id=run_id,
        schema=catalogue.schema(tx),
        tables=tuple(kept(table.name, table.columns, table.rows) for table in catalogue.tables(tx)),
        lists=tuple(kept(name, (), sql) for name, sql in catalogue.LISTS.items()),
        catalogue=catalogue.rules(tx),
    )


def measured(tx: Transaction, sql: str, sink: Sink) -> backups.Content:
    """Pass the rows of a query through `sink` and return their number, size and hash."""
    rows = tx.copy_out(f"copy ({sql}) to stdout", sink)
    sink.close()
    return backups.Content(rows, sink.bytes, sink.sha256)


@contextmanager
def _opened() -> Iterator[Database]:
    """The product's database on separate connections that may stay silent for long."""
    source = database.open_database(config.current(), timeout=PATIENCE)
    try:
        yield source
    finally:
        source.close()
