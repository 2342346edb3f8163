"""Records and what belongs to all kinds of them: versions, files, contributors, notes and downloads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import date, datetime
from uuid import UUID

from shared.domain.kernel import ids, text
from shared.domain.kernel.content import Content
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import OMITTED, dataclass, or_kept, replace
from shared.domain.people.people import ACTION_OWNERS, Member


@dataclass(frozen=True)
class Record:
    """A document, training, event, investigation or CAPA plan; its summary columns show the effective version, else the newest."""

    organisation_id: UUID
    id: UUID
    kind: str
    type: str | None
    number: str
    title: str
    owner_id: UUID
    team_id: UUID | None
    status: str
    version: int
    latest_version: int
    created_by: UUID
    created_at: datetime
    updated_at: datetime
    effective_version: int | None = None
    due_on: date | None = None
    content: Content = field(default_factory=dict)
    closed_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class Version:
    """An approved version; after approval only its status and its dates change."""

    organisation_id: UUID
    record_id: UUID
    version: int
    status: str
    title: str
    owner_id: UUID
    team_id: UUID | None
    content: Content
    content_sha256: str
    change_id: UUID | None
    created_at: datetime
    effective_on: date | None = None
    effective_at: datetime | None = None
    ended_at: datetime | None = None
    next_review_on: date | None = None
    revision: int = 0


@dataclass(frozen=True)
class VersionFile:
    """A file that a version names, in which field."""

    organisation_id: UUID
    record_id: UUID
    version: int
    file_id: UUID
    field: str
    revision: int = 0


@dataclass(frozen=True)
class RecordFile:
    """A file that working content names or once named, in which field."""

    organisation_id: UUID
    record_id: UUID
    file_id: UUID
    field: str
    revision: int = 0


@dataclass(frozen=True)
class Contributor:
    """A person who reported a record or edited its working content, and so never decides about it."""

    organisation_id: UUID
    record_id: UUID
    person_id: UUID
    created_at: datetime
    revision: int = 0


@dataclass(frozen=True)
class Note:
    """A note appended to a record in any status; it alters no signed content."""

    organisation_id: UUID
    id: UUID
    record_id: UUID
    text: str
    author_id: UUID
    created_at: datetime
    revision: int = 0


@dataclass(frozen=True)
class NoteFile:
    """A file attached to a note as evidence."""

    organisation_id: UUID
    note_id: UUID
    file_id: UUID
    revision: int = 0


@dataclass(frozen=True)
class Download:
    """One download of a file, stored so that the audit trail records it."""

    organisation_id: UUID
    id: UUID
    file_id: UUID
    person_id: UUID
    created_at: datetime
    revision: int = 0


def note(record: Record, words: str, file_ids: Iterable[UUID], *, by: Member, at: datetime) -> Outcome:
    """A note with its files, appended to a record."""
    made = Note(
        organisation_id=record.organisation_id,
        id=ids.new(at),
        record_id=record.id,
        text=text.check("text", words, text.REASON),
        author_id=by.person_id,
        created_at=at,
    )
    files = tuple(NoteFile(record.organisation_id, made.id, file_id) for file_id in dict.fromkeys(file_ids))
    return Outcome(saves=(made, *files))


def reassign(record: Record, *, owner: Member | None = None, team_id: UUID | None = OMITTED, at: datetime) -> Outcome:
    """The record with another owner, another team or none, or both."""
    if owner is None and team_id is OMITTED:
        raise Invalid("owner_id", Sentence("new_owner_or_team", "Give the new owner, the new team, or both."))
    if owner is not None:
        responsible(owner, "owner_id")
    reassigned = replace(
        record, owner_id=owner.person_id if owner else record.owner_id, team_id=or_kept(team_id, record.team_id), updated_at=at
    )
    if (reassigned.owner_id, reassigned.team_id) == (record.owner_id, record.team_id):
        raise Conflict(Sentence("same_owner_and_team", "The record has this owner and this team already."))
    return Outcome(saves=(reassigned,))


def responsible(owner: Member | None, field_name: str) -> None:
    """Raise Invalid unless `owner` is an active member who may own work."""
    if owner is None or not ACTION_OWNERS.admits(owner):
        raise Invalid(field_name, Sentence("owner_must_own", "The owner must be an active Action Owner or QA of this organisation."))


def title_of(first: Record, count: int, language: str) -> str:
    """The title of what is about `count` records, in the organisation's language: the first of them, and how many more there are."""
    from shared.domain.languages.catalogues import language_named

    called = f"{first.number} {first.title}"[:270]
    if count < 2:
        return called
    return language_named(language).said(Sentence("and_more", "{first} and {more:,} more", first=called, more=count - 1))
