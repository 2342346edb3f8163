"""Files in the database: what was announced, proven, and who may have it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.files.extents import Extent, from_json
from shared.domain.files.files import File
from shared.domain.kernel.errors import Invalid, NotFound
from shared.domain.kernel.sentences import Sentence
from shared.domain.people.people import STAFF

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.files.files import Proof
    from shared.domain.people.people import Member

IN_FORCE = sql("file_in_force")
ASSIGNED = sql("file_assigned")


def load_files(tx: Transaction, file_ids: Sequence[UUID]) -> dict[UUID, File]:
    """Files by id; those that aren't there are left out."""
    rows = tx.rows("select to_jsonb(f) as file from files f where f.id = any(cast(:ids as uuid[]))", ids=[str(one) for one in file_ids])
    return {file.id: file for file in (read(File, row.file) for row in rows)}


def load_finished_files(tx: Transaction, file_ids: Sequence[UUID], field: str) -> dict[UUID, File]:
    """Files by id; raises Invalid where one of them isn't there or wasn't proven."""
    found = load_files(tx, file_ids) if file_ids else {}
    for file_id in file_ids:
        if file_id not in found:
            raise Invalid(field, Sentence("no_file_named", "There is no file {file}; upload it first.", file=file_id))
        if found[file_id].finished_at is None:
            raise Invalid(
                field,
                Sentence(
                    "upload_unfinished",
                    "The upload of {filename} isn't finished; call finish_upload first.",
                    filename=found[file_id].filename,
                ),
            )
    return found


def load_own_file(tx: Transaction, file_id: UUID, person_id: UUID) -> File:
    """A file that this person announced; raises NotFound."""
    found = load_files(tx, [file_id]).get(file_id)
    if found is None or found.uploaded_by != person_id:
        raise NotFound(Sentence("no_such_upload", "There is no such upload of yours."))
    return found


def load_readable_file(tx: Transaction, file_id: UUID, by: Member) -> File:
    """A proven file that `by` may read: staff every one, a reader those in force or assigned to learn; raises NotFound."""
    row = tx.row(
        f"select to_jsonb(f) as file, {IN_FORCE} or {ASSIGNED} as in_force from files f where f.id = :id",
        id=file_id,
        reader=by.person_id,
    )
    if row is None or not (STAFF.admits(by) or row.in_force):
        raise NotFound(Sentence("no_such_file", "There is no such file."))
    file = read(File, row.file)
    if file.finished_at is None:
        raise NotFound(Sentence("no_such_file", "There is no such file."))
    return file


def load_extent(tx: Transaction, file_id: UUID) -> Extent:
    """How much of a finished file could be read."""
    from shared.queries.evidence import EXTENT

    row = tx.row(f"select {EXTENT} as extent from files f where f.id = :file", file=file_id)
    return from_json(row.extent if row is not None else None)


def keep_text(tx: Transaction, file: File, proof: Proof) -> None:
    """Keep what could be read out of a file and how much of it that is, for comparing versions."""
    tx.rows(
        "insert into file_texts (organisation_id, file_id, text, extent) values (:organisation, :file, :text, cast(:extent as jsonb))"
        " returning 1 as written",
        organisation=file.organisation_id,
        file=file.id,
        text=proof.text,
        extent=json.dumps(asdict(proof.extent)),
    )
