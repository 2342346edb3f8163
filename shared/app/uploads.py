"""Uploads under way: what waits for Cloud Storage, or for the signer of its addresses, comes before the step's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.files import files
from shared.domain.kernel import ids
from shared.domain.kernel.values import dataclass
from shared.google import files as storage
from shared.queries.files import load_own_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from shared.app.call import Call


@dataclass(frozen=True)
class Addressed:
    """A file that is announced, and where its bytes go; it isn't recorded yet."""

    file: files.File
    url: str
    headers: Mapping[str, str]


def announced(call: Call, filename: str, media_type: str, size: int, sha256: str) -> files.File:
    """The file that the caller announces; raises Invalid."""
    return files.start(
        organisation_id=call.organisation.id,
        id=ids.new(call.now),
        filename=filename,
        media_type=media_type,
        size=size,
        sha256=sha256,
        by=call.person.id,
        at=call.now,
    )


def addressed(file: files.File) -> Addressed:
    """The file with the address for its bytes; nobody is told the address unless the file is recorded."""
    return Addressed(file, *storage.upload_url(file.organisation_id, file.id, file.media_type, file.size))


def own_upload(call: Call, file_id: UUID) -> files.File:
    """The caller's own upload, before anything of it is read; raises NotFound for another's."""
    return load_own_file(call.tx, file_id, call.person.id)


def proven(file: files.File) -> files.Proof | None:
    """The proof of an upload that is what was announced, and is kept; None where it was finished before. Raises Conflict and Invalid.

    No clean-up takes bytes whose file is announced, so they are there when the step records that it is finished.
    """
    if file.status is files.Status.FINISHED:
        return None
    proof = storage.prove(file)
    files.refuse_unlike(file, proof)
    storage.keep(file.organisation_id, file.id, proof)
    return proof
