"""The check of a backup: restore it into a scratch database, compare it with its manifest, verify its chains and files, drop it.

The scratch database is a copy of an empty one that the deployment migrates (`qfacts_empty`). In the cloud it is on a separate server,
because loading needs an owner of the tables, and nobody may own those of the live database.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from shared.app.backups import PATIENCE, ROLE, SETTINGS, SNAPSHOT, measured
from shared.db import catalogue
from shared.db.database import Database
from shared.domain.kernel.errors import Conflict, Unavailable
from shared.domain.kernel.sentences import Sentence
from shared.domain.reports import backups
from shared.google import files
from shared.google.vault import Damaged, Sink, Vault
from shared.outside import config, telemetry
from shared.queries import audit_trail

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

OWNER: Final = "qfacts_owner"
EMPTY: Final = "qfacts_empty"
PREFIX: Final = "qfacts_check_"
READERS: Final = 4  # blobs read at the same time
PAGE: Final = 500
LOUD: Final = 20  # differences that are logged one by one
LOADING: Final = SETTINGS | {"work_mem": "64MB", "maintenance_work_mem": "256MB"}

REFERENCES: Final = """
select conrelid::regclass::text as "table", quote_ident(conname) as name, pg_get_constraintdef(oid) as definition from pg_constraint
where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0 order by 1, 2
"""
COUNTERS: Final = """
select c.relname::text as "table", a.attname::text as column, pg_get_serial_sequence(c.relname::text, a.attname::text) as sequence
from pg_attribute a join pg_class c on c.oid = a.attrelid
where a.attidentity <> '' and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
"""
BLOBS: Final = """
select distinct f.organisation_id, f.sha256, f.size from files f
where f.status = 'finished' and (f.organisation_id, f.sha256) > (:organisation::uuid, :sha256::text)
order by f.organisation_id, f.sha256 limit :page::int
"""


def check() -> dict[str, int]:
    """Restore and compare the newest backup; return its size and the time taken. Differences are counted, and logged as errors."""
    began, settings = time.monotonic(), config.current()
    vault = Vault(settings.backup_bucket)
    manifest = newest(vault)
    with _scratch(settings) as scratch:
        found = _loaded(scratch, vault, manifest)
        restored = time.monotonic()
        if not found:
            found = _compared(scratch, manifest)
        counts, broken = _chains(scratch)
        blobs, amiss = _blobs(scratch)
    found += broken + amiss
    counts |= {"tables": len(manifest.tables), "rows": manifest.rows, "bytes": manifest.bytes, **blobs, "differences": len(found)}
    counts |= {"restore_seconds": round(restored - began), "seconds": round(time.monotonic() - began)}
    for sentence in found[:LOUD]:
        telemetry.log("ERROR", "a backup isn't what it should be", day=manifest.day.isoformat(), difference=sentence)
    telemetry.log("ERROR" if found else "INFO", "a backup was checked", day=manifest.day.isoformat(), **counts)
    return counts


def newest(vault: Vault) -> backups.Manifest:
    """The manifest of the newest finished backup; raises Damaged if there is none."""
    for day in vault.folders(backups.FOLDER):
        name = f"{backups.FOLDER}/{day}/manifest.json"
        if vault.has(name):
            return backups.parse(vault.get(name))
    raise Damaged("There is no backup.")


def load(tx: Transaction, vault: Vault, manifest: backups.Manifest) -> None:
    """Fill the empty tables in one transaction, as their owner.

    Triggers are off, because they would write audit entries; foreign keys are checked at the end. Raises Damaged if an object isn't
    what the manifest says.
    """
    references = tx.rows(REFERENCES)
    for one in references:
        tx.rows(f"alter table {one.table} drop constraint {one.name}")
    for table in manifest.tables:
        tx.rows(f"alter table {table.name} disable trigger user")
        tx.rows(f"alter table {table.name} no force row level security")
        if table.object:
            copy = f"copy {table.name} ({', '.join(table.columns)}) from stdin"
            tx.copy_in(copy, vault.rows(table.object, table.object_sha256))
    for one in tx.rows(COUNTERS):
        tx.rows(f'select setval(\'{one.sequence}\', (select coalesce(max("{one.column}"), 0) + 1 from "{one.table}"), false)')  # noqa: S608 - names of the catalogue
    for one in references:
        tx.rows(f"alter table {one.table} add constraint {one.name} {one.definition}")
    for table in manifest.tables:
        tx.rows(f"alter table {table.name} enable trigger user")
        tx.rows(f"alter table {table.name} force row level security")
        tx.rows(f"analyze {table.name}")


def _loaded(scratch: Database, vault: Vault, manifest: backups.Manifest) -> list[str]:
    try:
        with scratch.transaction(role=OWNER, settings=LOADING) as tx:
            load(tx, vault, manifest)
    except Damaged as damage:
        return [str(damage)]
    except Conflict:
        return ["A row refers to one that isn't there, or is there twice."]
    return []


def _compared(scratch: Database, manifest: backups.Manifest) -> list[str]:
    """The differences from the manifest, found by the queries and policies that made the backup."""
    with scratch.transaction(role=ROLE, settings=SETTINGS, opening=SNAPSHOT) as tx:
        queries = {table.name: table.rows for table in catalogue.tables(tx)} | dict(catalogue.LISTS)
        contents = {name: measured(tx, sql, Sink()) for name, sql in queries.items()}
        return backups.differences(manifest, contents, catalogue.rules(tx), catalogue.schema(tx), at=tx.now)


def _chains(scratch: Database) -> tuple[dict[str, int], list[str]]:
    """Verify every organisation's audit trail, in the role that its own members use."""
    counts, broken, last = {"organisations": 0, "entries": 0}, [], UUID(int=0)
    while True:
        with scratch.transaction(role=ROLE, settings=SETTINGS) as tx:
            page = [
                row.id for row in tx.rows("select id from organisations where id > :last order by id limit :page", last=last, page=PAGE)
            ]
        for last in page:
            with scratch.transaction(role="qfacts_application", settings={**LOADING, "app.organisation_id": last}) as tx:
                verdict = audit_trail.verify(tx)
            counts = {"organisations": counts["organisations"] + 1, "entries": counts["entries"] + verdict["entries"]}
            if not verdict["intact"]:
                broken.append(f"The trail of organisation {last} doesn't hold ({verdict['first_broken']['cause']}).")
        if len(page) < PAGE:
            return counts, broken


def _blobs(scratch: Database) -> tuple[dict[str, int], list[str]]:
    """Read and hash every stored file again."""
    counts, amiss, after = {"blobs": 0, "blob_bytes": 0}, [], {"organisation": UUID(int=0), "sha256": ""}
    with ThreadPoolExecutor(READERS) as readers:
        while True:
            with scratch.transaction(role=ROLE, settings=SETTINGS) as tx:
                page: list[Any] = tx.rows(BLOBS, **after, page=PAGE)
            for row, holds in zip(page, readers.map(_holds, page), strict=True):
                counts = {"blobs": counts["blobs"] + 1, "blob_bytes": counts["blob_bytes"] + row.size}
                if not holds:
                    amiss.append(f"The file {row.sha256} of organisation {row.organisation_id} is missing or altered.")
            if len(page) < PAGE:
                return counts, amiss
            after = {"organisation": page[-1].organisation_id, "sha256": page[-1].sha256}


def _holds(row: Any) -> bool:  # noqa: ANN401 - a row of the statement above
    return files.holds(row.organisation_id, row.sha256, row.size)


@contextmanager
def _scratch(settings: config.Config) -> Iterator[Database]:
    """A scratch database for this check, dropped at the end; leftovers of killed checks are dropped first. One check runs at a time."""
    keeper = _at(settings, "postgres")
    name = f"{PREFIX}{uuid4().hex[:12]}"
    held = keeper.transaction(role="none", settings={"idle_in_transaction_session_timeout": "0"})
    try:
        with held as tx:
            if not tx.row("select pg_try_advisory_xact_lock(hashtextextended('qfacts check', 0)) as mine").mine:
                raise Unavailable(
                    Sentence("backup_being_checked", "A backup is being checked already; its verdict is there in a while."), retry_after=300
                )
            rows = tx.rows("select datname::text as name from pg_database where starts_with(datname, :prefix)", prefix=PREFIX)
            for left in rows:
                _drop(keeper, tx, left.name)
            keeper.alone(f"create database {name} template {EMPTY}")
            keeper.alone(f"revoke temporary on database {name} from public")  # a copy begins with the rights that PostgreSQL gives
            scratch = _at(settings, name)
            try:
                yield scratch
            finally:
                scratch.close()
                _drop(keeper, tx, name)
    finally:
        keeper.close()


def _drop(keeper: Database, tx: Transaction, name: str) -> None:
    """Drop a database without `force`, which a running autovacuum would refuse; a plain drop ends the autovacuum and waits."""
    tx.rows("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = :name and usename = session_user", name=name)
    keeper.alone(f"drop database {name}")


def _at(settings: config.Config, name: str) -> Database:
    """A database on the server for restores, which in the cloud isn't the live one."""
    if settings.database_socket:
        return Database.on_socket(settings.database_socket, name, user=settings.restore_user, timeout=PATIENCE)
    return Database.in_the_cloud(settings.restore_instance, name, user=settings.restore_user, timeout=PATIENCE)
