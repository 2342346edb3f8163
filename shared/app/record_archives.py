"""Archives of whole records as ZIP, written file by file: for one answer, or by the job that makes exports."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from contextlib import contextmanager
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, Self
from uuid import UUID

from shared.answers.exports import Material, printed
from shared.answers.parts import Named, named
from shared.answers.sheets import Heading, SheetFile, file_of
from shared.domain.kernel.errors import Conflict, Forbidden
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import dataclass
from shared.domain.people.people import STAFF
from shared.domain.reports import archives
from shared.domain.reports.requested_exports import Export, Made
from shared.google import files as storage
from shared.queries.exports import read_export
from shared.queries.organisations import load_named_member
from shared.queries.requested_exports import touch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shared.app.run import Turn
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

WRITTEN = 95  # percent once all records are written


class Archive:
    """An archive that is being written."""

    def __init__(self, to: IO[bytes], most: int) -> None:
        self.zip = zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED)
        self.most = most
        self.size = 0
        self.entries: list[archives.Entry] = []
        self.records: list[Mapping[str, object]] = []
        self.left_out: list[str] = []

    def add(self, material: Material) -> None:
        """Write one record: its export, its printout and its files."""
        made = material.whole()
        record = made["record"]
        where = archives.folder(record)
        self.records.append({name: record[name] for name in ("id", "kind", "number", "title", "status", "version")})
        self._put(f"{where}/{where}.json", json.dumps(made, indent=1).encode())
        try:
            self._put(f"{where}/{where}.pdf", printed(made))
        except Conflict as refusal:  # the export for machines holds everything
            self.left_out.append(f"{where}/{where}.pdf: {refusal.sentence}")
        for path, file in archives.paths(made["attachments"], where):
            self._fetch(material.organisation.id, path, file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.zip.close()

    def conclude(self, organisation: str, by: Named, at: datetime) -> None:
        """Write the manifest."""
        told = archives.manifest(organisation, {**by}, at, records=self.records, entries=self.entries, left_out=self.left_out)
        self.zip.writestr("manifest.json", json.dumps(told, indent=1))

    def _put(self, path: str, content: bytes) -> None:
        self.zip.writestr(path, content)
        self.entries.append(archives.Entry(path, len(content), hashlib.sha256(content).hexdigest()))

    def _fetch(self, organisation_id: UUID, path: str, file: Mapping[str, Any]) -> None:
        """Copy a file's bytes; raises Conflict if they aren't those that were kept."""
        if file["uploaded_at"] is None:
            self.left_out.append(f"{path}: its upload was never finished")
            return
        self.size += int(file["size"])
        archives.refuse_too_large_files(self.size, self.most)
        with self.zip.open(path, "w", force_zip64=True) as sink:
            sha256 = storage.read_into(organisation_id, file["sha256"], sink)
        if sha256 != file["sha256"]:
            raise Conflict(
                Sentence(
                    "bytes_altered", "The bytes of {file} aren't those that were uploaded. Tell us at once.", file=str(file["filename"])
                )
            )
        self.entries.append(archives.Entry(path, int(file["size"]), sha256))


def archive(turn: Turn, export: Export, file: IO[bytes]) -> Made:
    """Make the archive that was asked for, a record at a time."""
    ids = [UUID(str(one)) for one in _listed(export.arguments["ids"])]
    with Archive(file, archives.MOST_BYTES) as being:
        for place, record_id in enumerate(ids):
            with turn.transaction() as tx:
                with reading(tx):
                    by, name = asker(tx, export)
                    material = read_export(tx, record_id, "json", by, tx.now)
                organisation, at = tx.organisation.name, tx.now
                touch(tx, export, WRITTEN * place // len(ids))
            being.add(material)
        being.conclude(organisation, named(by.person_id, name), at)
    return Made(filename(at), archives.MEDIA_TYPE, *size_and_hash(file), len(ids))


def filename(at: datetime) -> str:
    """The name of an archive."""
    return f"records-{at.date().isoformat()}.zip"


@dataclass(frozen=True)
class Archived:
    """Records, read, to be put into an archive for one answer when the transaction is over."""

    materials: tuple[Material, ...]
    organisation: str
    by: Named
    at: datetime

    def file(self) -> SheetFile:
        """The archive as a file; raises Conflict if it is too large for one answer."""
        made = io.BytesIO()
        with Archive(made, archives.MOST_BYTES_AT_ONCE) as being:
            for one in self.materials:
                being.add(one)
            being.conclude(self.organisation, self.by, self.at)
        heading = Heading("zip", archives.MEDIA_TYPE, "records", "Archive of records", (), (), self.by, self.at)
        return file_of(heading, made.getvalue(), len(self.materials))


@contextmanager
def reading(tx: Transaction) -> Iterator[None]:
    """Read in the role of those who call the product, for one of whom the job reads; afterwards it is a job again."""
    tx.set(role="qfacts_application")
    yield
    tx.set(role="qfacts_job")


def asker(tx: Transaction, export: Export) -> tuple[Member, str]:
    """Whoever asked for an export, with their name; raises Forbidden where they may read no longer."""
    by, name = load_named_member(tx, export.person_id)
    if not STAFF.admits(by):
        raise Forbidden(Sentence("asker_no_longer_reads", "Whoever asked for this export is no longer {needed}.", needed=Term(STAFF.words)))
    return by, name


def size_and_hash(file: IO[bytes]) -> tuple[int, str]:
    """The size and the SHA-256 of a file."""
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(1024 * 1024):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _listed(value: object) -> list[object]:
    assert isinstance(value, list)  # noqa: S101 - start_export checked it
    return value
