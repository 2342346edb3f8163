"""What leaves the product: the export of a record, for machines and for people."""

import base64
import hashlib
import json
from typing import Any, Literal

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import Named
from shared.answers.records import Brief, Link, Note
from shared.answers.rows import as_answer
from shared.answers.signatures import Signature
from shared.answers.versions import Difference, PastVersion
from shared.domain.reports import exports


class Counts(TypedDict):
    """How many of each an export holds; the database's own counts."""

    versions: int
    signatures: int
    attachments: int
    notes: int
    links: int
    changes: int
    actions: int
    extensions: int
    assignments: int
    trail: int


class ExportedOrganisation(TypedDict):
    """Whose record it is."""

    id: str
    name: str
    time_zone: str


class ExportedRecord(Brief):
    """The record as it stands; `in_force` is false where a printout is stamped."""

    owner_id: str
    team_id: str | None
    latest_version: int
    effective_version: int | None
    content: dict[str, Any]
    closed_at: str | None
    in_approval: str | None
    created_by: Named
    in_force: bool


class ExportedVersion(PastVersion):
    """A version, what it altered in the one before, and whether it may still be used."""

    in_force: bool


class Attachment(TypedDict):
    """A file of the record, and the versions that name it; its bytes come from download_file."""

    id: str
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_by: Named | None
    uploaded_at: str | None
    versions: list[int]


class ExportedNote(Note):
    """A note with its evidence."""

    file_ids: list[str]


class ExportedEntry(TypedDict):
    """An entry of the audit trail, whole."""

    id: int
    at: str
    table_name: str
    row_key: str
    record_id: str | None
    operation: str
    step: str
    actor: str
    cause: str | None
    reason: str
    request_id: str | None
    source: str | None
    old: dict[str, Any] | None
    new: dict[str, Any] | None


class ExportedJson(TypedDict):
    """Everything about a record; `names` says what the ids in it are called, `sha256` is over all the rest (RFC 8785)."""

    format: Literal["json"]
    organisation: ExportedOrganisation
    exported_at: str
    exported_by: Named
    record: ExportedRecord
    changed_since_original: list[Difference]
    versions: list[ExportedVersion]
    signatures: list[Signature]
    attachments: list[Attachment]
    notes: list[ExportedNote]
    links: list[Link]
    changes: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    extensions: list[dict[str, Any]]
    assignments: list[dict[str, Any]]
    trail: list[ExportedEntry]
    names: dict[str, str]
    counts: Counts
    sha256: str


class ExportedFile(TypedDict):
    """A printout or a sheet, its bytes in base64 and their SHA-256."""

    format: Literal["pdf", "csv"]
    filename: str
    media_type: str
    content_base64: str
    sha256: str
    size: int
    counts: Counts
    exported_at: str
    exported_by: Named


def as_json(export: exports.Export) -> ExportedJson:
    """An export for machines; raises Conflict where it is too large for an answer."""
    exports.refuse_too_large("json", export, len(json.dumps(export)))
    return as_answer(ExportedJson, export)


def as_file(form: Literal["pdf", "csv"], export: exports.Export, content: bytes) -> ExportedFile:
    """An export as a printout or a sheet: the bytes, named and with their own hash; raises Conflict where it is too large."""
    exports.refuse_too_large(form, export, len(content))
    return {
        "format": form,
        "filename": exports.filename(form, export),
        "media_type": exports.MEDIA_TYPES[form],
        "content_base64": base64.b64encode(content).decode(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "counts": export["counts"],
        "exported_at": export["exported_at"],
        "exported_by": export["exported_by"],
    }
