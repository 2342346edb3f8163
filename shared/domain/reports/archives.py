"""An archive of whole records: of each its printout, its export for machines and its files, with a manifest of their hashes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shared.domain.kernel import canonical
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

MEDIA_TYPE = "application/zip"
MOST_RECORDS = 100
MOST_AT_ONCE = 10  # records in one answer
MOST_BYTES_AT_ONCE = 6 * 1024 * 1024  # of their files
MOST_BYTES = 300 * 1024 * 1024  # of the files in one archive
UNSAFE = re.compile(r"[^\w.() -]+")


@dataclass(frozen=True)
class Entry:
    """A file of the archive, as its manifest names it."""

    path: str
    size: int
    sha256: str


def refuse_too_many_records(ids: Sequence[UUID], most: int) -> None:
    """Raise Invalid unless there are records, each named once, and not more than `most`."""
    if not ids or len(set(ids)) != len(ids):
        raise Invalid("ids", Sentence("records_named_badly", "Name at least one record, and each once."))
    if len(ids) > most:
        sentence = Sentence(
            "too_many_records_for_answer",
            "One answer holds {most} records, and these are {count}; ask for them with start_export.",
            most=most,
            count=len(ids),
        )
        raise Conflict(sentence, records=len(ids))


def refuse_too_large_files(size: int, most: int) -> None:
    """Raise Conflict where the files together are larger than one archive takes."""
    if size > most:
        sizes = {"size": size // 1024, "most": most // 1024}
        sentence = (
            Sentence(
                "files_too_large_for_answer",
                "The files of these records have {size:,} KiB together, and {most:,} are held; ask for them with start_export.",
                **sizes,
            )
            if most < MOST_BYTES
            else Sentence(
                "files_too_large_for_archive",
                "The files of these records have {size:,} KiB together, and {most:,} are held; ask for fewer records.",
                **sizes,
            )
        )
        raise Conflict(sentence, size=size)


def folder(record: Mapping[str, Any]) -> str:
    """The folder of a record in the archive: its number."""
    return UNSAFE.sub("_", str(record["number"]))


def paths(attachments: Sequence[Mapping[str, Any]], where: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The files of a record with their paths; files of one name are told apart by the beginning of their ids."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    taken: set[str] = set()
    for one in attachments:
        name = UNSAFE.sub("_", str(one["filename"])).strip(". ") or "file"
        name = name if name.lower() not in taken else f"{str(one['id'])[-12:]}-{name}"
        taken.add(name.lower())
        found.append((f"{where}/files/{name}", one))
    return found


def manifest(
    organisation: str,
    by: Mapping[str, object],
    at: datetime,
    *,
    records: Sequence[Mapping[str, object]],
    entries: Sequence[Entry],
    left_out: Sequence[str],
) -> dict[str, object]:
    """What the archive holds: its records, every file with its SHA-256, and what was left out and why."""
    return {
        "organisation": organisation,
        "exported_at": canonical.plain(at),
        "exported_by": dict(by),
        "records": list(records),
        "files": [{"path": one.path, "size": one.size, "sha256": one.sha256} for one in entries],
        "left_out": list(left_out),
    }
