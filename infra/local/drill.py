"""`make restore-drill`: fills a stack of its own, backs it up, restores the backup, compares everything and says how long it took.

A PostgreSQL and a file storage are started beside whatever runs here, on free ports, with their data in a temporary directory. Half of what
is asked for are records with their audit trail, half are files. 1 GB: `make restore-drill GB=1`, or QFACTS_DRILL_GB=1.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

from infra.local import environment, keys, lock, place, postgres
from infra.local.start import storage_part
from infra.local.supervisor import Supervisor

GIGABYTE = 1_000_000_000
SMALL = 0.02  # gigabytes, where nobody says how much
FILE = 8_000_000  # bytes of one file
HASHES = 120  # words in a record: 64 characters each, and the trail holds them once more
RECORD = 2 * HASHES * 68  # bytes that a record and its entry in the trail come to
BATCH = 200  # records a transaction

RECORDS = """
insert into records (organisation_id, id, kind, type, number, title, owner_id, status, created_by, content)
select :o::uuid, gen_random_uuid(), 'document', 'sop', 'SOP-2026-' || n, 'Cleaning of vessel ' || n, :p::uuid, 'draft', :p::uuid,
    jsonb_build_object('summary', 'Rinse, then dry', 'steps',
        (select jsonb_agg(encode(sha256((n || ' ' || i || random())::bytea), 'hex')) from generate_series(1, :hashes::int) i))
from generate_series(:first::int, :last::int) n
"""
KEPT = """
insert into files (organisation_id, id, filename, media_type, size, sha256, status, uploaded_by, finished_at)
values (:o::uuid, gen_random_uuid(), 'evidence.pdf', 'application/pdf', :size::bigint, :sha256::text, 'finished', :p::uuid, now())
"""


@contextmanager
def stack() -> Iterator[None]:
    """PostgreSQL and file storage of this drill's own, this process's environment pointing at them; gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="qfacts-drill-"))
    at = place.Place(home, place.Ports(_free_port()))
    supervisor = Supervisor(at)
    try:
        for directory in (at.home, at.logs, at.storage):
            directory.mkdir(parents=True, exist_ok=True)
        with lock.hold(at):
            keys.prepare(at)
            supervisor.start(storage_part(at))
            postgres.prepare(at)
            supervisor.start(postgres.part(at))
            supervisor.wait("database")
            postgres.prepare_database(at)
            supervisor.wait("file storage")
            os.environ.update(environment.variables(at))
            yield
            supervisor.stop()
    finally:
        supervisor.stop()
        shutil.rmtree(home, ignore_errors=True)


def fill(size: int) -> None:
    """An organisation with about `size` bytes of records, their trail and files, written as the product writes: audited and chained."""
    organisation, person = uuid4(), uuid4()
    _write(organisation, person, "insert into organisations (id, name) values (:o::uuid, 'Drill')", o=organisation)
    _write(organisation, person, "insert into people (id, email, name) values (:p::uuid, 'drill@demo.example', 'Ann')", p=person)
    member = "insert into members (organisation_id, person_id, role) values (:o::uuid, :p::uuid, 'qa')"
    _write(organisation, person, member, o=organisation, p=person)
    records = max(1, size // 2 // RECORD)
    for first in range(1, records + 1, BATCH):
        last = min(first + BATCH - 1, records)
        _write(organisation, person, RECORDS, o=organisation, p=person, first=first, last=last, hashes=HASHES)
    for number in range(max(1, size // 2 // FILE)):
        _keep(organisation, person, random.Random(number).randbytes(min(FILE, size // 2)))  # noqa: S311 - a file's content, no secret


def _write(organisation: UUID, person: UUID, sql: str, **values: object) -> None:
    from shared.db import database

    settings = {"app.organisation_id": organisation, "app.person_id": person, "app.actor": f"person:{person}", "app.step": "fill_drill"}
    with database.current().transaction(role="qfacts_application", settings=settings) as tx:
        tx.rows(sql, **values)


def _keep(organisation: UUID, person: UUID, content: bytes) -> None:
    """A file where finish_upload would put it."""
    from shared.google import files

    sha256 = hashlib.sha256(content).hexdigest()
    files._bucket().blob(files._blob(organisation, sha256)).upload_from_string(content, "application/pdf")  # noqa: SLF001 - beside the product
    _write(organisation, person, KEPT, o=organisation, p=person, size=len(content), sha256=sha256)


def drill(size: int) -> int:
    """Fill, back up, restore and compare; prints what was seen and returns 0 where nothing differs."""
    from shared.app import backups, restores

    print(f"Restore drill: {size / GIGABYTE:.2f} GB on a PostgreSQL and a file storage of its own ...", flush=True)
    with stack():
        began = time.monotonic()
        fill(size)
        filled = time.monotonic()
        made = backups.make()
        backed_up = time.monotonic()
        seen = restores.check()
        checked = time.monotonic()
    whole = seen["bytes"] + seen["blob_bytes"]
    rows = (
        ("filled", f"{seen['rows']:,} rows, {seen['blobs']:,} files", filled - began),
        ("backed up", f"{made['tables']} tables, {made['bytes'] / 1e6:,.0f} MB of rows", backed_up - filled),
        ("restored", f"{seen['rows']:,} rows, references checked", float(seen["restore_seconds"])),
        ("compared", "schema, policies, counts, ordered hashes", None),
        ("verified", f"{seen['entries']:,} entries of the trail in {seen['organisations']} organisation(s)", None),
        ("read again", f"{seen['blobs']:,} files, {seen['blob_bytes'] / 1e6:,.0f} MB, by hash", None),
        ("checked in all", f"{seen['differences']} differences", checked - backed_up),
    )
    for what, how_much, seconds in rows:
        print(f"  {what:<15} {how_much:<55} {'' if seconds is None else f'{seconds:8.1f} s'}")
    if seen["differences"]:
        print("What was restored differs from what was backed up; the lines above name it.")
        return 1
    print(f"restored {whole / GIGABYTE:.{1 if whole >= GIGABYTE // 2 else 3}f} GB in {checked - backed_up:.0f} s")
    return 0


def _free_port() -> int:
    """A port for the product such that the stack's others are free too."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind((place.HOST, 0))
            port = int(probe.getsockname()[1])
        ports = place.Ports(port)
        if port <= place.LAST_PRODUCT_PORT and all(place.is_free(ports.of(part)) for part in place.OFFSETS):
            return port
    message = "No free ports were found for the drill; stop something and try again."
    raise place.SetUpError(message)


def main(arguments: list[str]) -> int:
    """The command line's entry: how many gigabytes, or else QFACTS_DRILL_GB."""
    asked = "".join(arguments[:1]) or os.environ.get("QFACTS_DRILL_GB", "") or str(SMALL)
    try:
        size = int(float(asked) * GIGABYTE)
    except ValueError:
        print(f"{asked!r} is no number of gigabytes: make restore-drill GB=1", file=sys.stderr)
        return 2
    try:
        return drill(size)
    except place.SetUpError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
