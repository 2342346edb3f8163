"""The export of a record, and how every export is made: as JSON, CSV or PDF."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.audit_trail import PlainEntry
from shared.answers.parts import Named
from shared.answers.records import Brief, Link, Note
from shared.answers.rows import as_answer
from shared.answers.signatures import Signature
from shared.answers.versions import Difference, PastVersion, versions
from shared.domain.kernel.canonical import Json
from shared.domain.kernel.values import dataclass
from shared.domain.people.organisations import Organisation
from shared.domain.records.comparisons import Evidence
from shared.domain.reports import exports
from shared.domain.trainings import quizzes

Form = Literal["pdf", "json", "csv"]


class Counts(TypedDict):
    """The number of rows in each part of an export, as the database counts them."""

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
    """The organisation that the record belongs to."""

    id: str
    name: str
    time_zone: str


class ExportedRecord(Brief):
    """The record as it is now; `in_force` is false if its printout carries a stamp."""

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
    """A version with its differences from the one before; `in_force` says whether it may be used."""

    in_force: bool


class Attachment(TypedDict):
    """A file of the record and the versions that name it; download_file serves its bytes."""

    id: str
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_by: Named | None
    uploaded_at: str | None
    versions: list[int]


class ExportedNote(Note):
    """A note with the ids of its files."""

    file_ids: list[str]


class ExportedEntry(PlainEntry):
    """A complete entry of the audit trail."""


class ExportedJson(TypedDict):
    """Everything about a record; `names` gives the names of its ids, `sha256` is the hash of all other members (RFC 8785)."""

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
    """A PDF or CSV file: its bytes in base64 and their SHA-256."""

    format: Literal["pdf", "csv"]
    filename: str
    media_type: str
    content_base64: str
    sha256: str
    size: int
    counts: dict[str, int]
    exported_at: str
    exported_by: Named


class Exportable(Protocol):
    """What was read to be exported in a form; it is compared, hashed and laid out when the transaction is over."""

    @property
    def form(self) -> Form:
        """The form that was asked for."""

    def whole(self) -> exports.Export:
        """The export as JSON data; raises Conflict if it wouldn't be whole."""


@dataclass(frozen=True)
class Material:
    """All that a record's export is made of, read in one transaction; it is compared, hashed and laid out when that is over."""

    form: Form
    found: Mapping[str, Any]  # the rows of each part; in `counted` the database's own count of them
    trail: Sequence[Json]
    names: Mapping[str, str]
    evidence: Evidence
    asked: quizzes.Asked
    organisation: Organisation
    by: Mapping[str, object]
    at: datetime

    def whole(self) -> exports.Export:
        """The export as JSON data, however large; raises Conflict if it wouldn't be whole."""
        found = {**self.found, "versions": versions(self.found["versions"], self.evidence)}
        made = exports.whole(found, self.trail, self.names, self.evidence, organisation=self.organisation, by=self.by, at=self.at)
        exports.refuse_given_away(self.trail, self.asked)
        return made


def printed(made: exports.Export) -> bytes:
    """The printout as PDF; raises Conflict if there is too much to lay out."""
    from shared.domain.reports import printouts, story_printouts
    from shared.outside.pdf import pdf

    of_its_own = {"change": story_printouts.of_change, "assignment": story_printouts.of_assignment}
    sections = of_its_own.get(made["record"]["kind"], printouts.sections)(made)
    blocks = [block for section in sections for block in section.blocks]
    exports.refuse_too_much(made, len(blocks), sum(len(block.text) for block in blocks))
    return pdf(*printouts.around(made), sections)


def as_json(made: exports.Export) -> ExportedJson:
    """The export as JSON; raises Conflict if it is too large for an answer."""
    exports.refuse_too_large("json", made, len(json.dumps(made)))
    return as_answer(ExportedJson, made)


def as_file(form: Literal["pdf", "csv"], made: exports.Export, content: bytes) -> ExportedFile:
    """The export as a file with its name and hash; raises Conflict if it is too large for an answer."""
    exports.refuse_too_large(form, made, len(content))
    return {
        "format": form,
        "filename": exports.filename(form, made),
        "media_type": exports.MEDIA_TYPES[form],
        "content_base64": base64.b64encode(content).decode(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "counts": made["counts"],
        "exported_at": made["exported_at"],
        "exported_by": made["exported_by"],
    }
