"""Backups: their manifest, and its comparison with a restored database (21 CFR 11.10(c), Annex 11 §7, §16).

A backup is a manifest and one object for each table. The manifest holds each table's number of rows and their hash in the order of the
primary key, so that a restored database is checked without the original.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta

from shared.domain.kernel import canonical
from shared.domain.kernel.values import dataclass

FORMAT = 1
FOLDER = "backups"
LATEST = timedelta(hours=48)  # the newest backup may be this old: one is made daily, and one may be late


@dataclass(frozen=True)
class Content:
    """The number, size and hash of rows in PostgreSQL's COPY text format, in order."""

    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Table:
    """A table or derived list in a backup: its columns, its content, and the object that holds it (none if empty)."""

    name: str
    columns: tuple[str, ...]
    content: Content
    object: str = ""
    object_sha256: str = ""


@dataclass(frozen=True)
class Manifest:
    """One backup. `schema` is the database's migration number; `catalogue` holds one hash each for columns, policies, rights and so on."""

    day: date
    made_at: datetime
    run_id: str
    schema: str
    tables: tuple[Table, ...]
    lists: tuple[Table, ...]
    catalogue: Mapping[str, str]

    @property
    def rows(self) -> int:
        """The number of rows in all tables."""
        return sum(table.content.rows for table in self.tables)

    @property
    def bytes(self) -> int:
        """The uncompressed size of all tables."""
        return sum(table.content.bytes for table in self.tables)


def name(day: date) -> str:
    """The object name of a day's manifest, which is written last: a backup without one is unfinished."""
    return f"{FOLDER}/{day.isoformat()}/manifest.json"


def part(day: date, run_id: str, table: str) -> str:
    """The object name of a table's rows; each attempt has its own, because objects in the bucket can't be replaced."""
    return f"{FOLDER}/{day.isoformat()}/{run_id}/{table}.copy.gz"


def write(manifest: Manifest) -> bytes:
    """The manifest as JSON."""
    return json.dumps({"format": FORMAT, **asdict(manifest)}, default=canonical.plain, indent=1, sort_keys=True).encode()


def parse(text: bytes) -> Manifest:
    """The manifest that `write` wrote; raises ValueError for any other format."""
    found = json.loads(text)
    if found.get("format") != FORMAT:
        message = f"this backup has format {found.get('format')}, and only {FORMAT} can be read"
        raise ValueError(message)
    return Manifest(
        day=date.fromisoformat(found["day"]),
        made_at=datetime.fromisoformat(found["made_at"]),
        run_id=found["run_id"],
        schema=found["schema"],
        tables=tuple(map(_table, found["tables"])),
        lists=tuple(map(_table, found["lists"])),
        catalogue=found["catalogue"],
    )


def _table(found: Mapping[str, object]) -> Table:
    content, columns = found["content"], found["columns"]
    assert isinstance(content, dict)  # noqa: S101 - as written above
    assert isinstance(columns, list)  # noqa: S101 - the same
    return Table(
        name=str(found["name"]),
        columns=tuple(columns),
        content=Content(**content),
        object=str(found["object"]),
        object_sha256=str(found["object_sha256"]),
    )


def differences(
    manifest: Manifest, contents: Mapping[str, Content], catalogue: Mapping[str, str], schema: str, *, at: datetime
) -> list[str]:
    """One sentence for each difference between a restored database and the manifest; none quotes the data."""
    found = []
    if at - manifest.made_at > LATEST:
        found.append(f"The newest backup is of {manifest.day}: those of the days since are missing.")
    if schema != manifest.schema:
        found.append(f"The schema restored into is {schema}, the backup's is {manifest.schema}: check the next backup.")
    found += [
        f"The {what} differ from those of the backup."
        for what in sorted(manifest.catalogue)
        if catalogue.get(what) != manifest.catalogue[what]
    ]
    for table in (*manifest.tables, *manifest.lists):
        restored = contents.get(table.name)
        if restored is None:
            found.append(f"{table.name} is missing.")
        elif restored.rows != table.content.rows:
            found.append(f"{table.name} has {restored.rows} rows, the backup told of {table.content.rows}.")
        elif restored != table.content:
            found.append(f"The rows of {table.name} aren't those that the backup told of.")
    return found
