"""The shapes of what leaves the product: exports, and reviews of the trail."""

from typing import Any, Literal

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.pages import PastVersion
from shared.answers.records import Brief, Difference, Link, Named, Note, Signature


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


class Organisation(TypedDict):
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
    organisation: Organisation
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


class Review(TypedDict):
    """A review of the audit trail: of which time, what was found, how many entries it holds, who signed."""

    id: str
    from_at: str
    to_at: str
    finding: str
    entries: int
    reviewed_by: str
    signature_id: str
    created_at: str
    etag: str
    signature: Signature


class AReview(TypedDict):
    """The review signed."""

    review: Review
