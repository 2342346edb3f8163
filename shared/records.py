"""What every regulated record has: a number, a status, versions, notes, an owner; and how two versions differ."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from shared import ids, text
from shared.content import Content
from shared.errors import Conflict, Invalid
from shared.people import ACTION_OWNERS, Member
from shared.values import dataclass, replace

Row = TypeVar("Row")
DIFF_LINES = 2000


@dataclass(frozen=True)
class Record:
    """A document, training, event, investigation or CAPA plan. It shows its effective version, else its newest."""

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
    """What was approved once, for ever. Only its status and its dates move on."""

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
    """A file that working content names, or named, in which field."""

    organisation_id: UUID
    record_id: UUID
    file_id: UUID
    field: str
    revision: int = 0


@dataclass(frozen=True)
class Contributor:
    """Somebody who reported a record or edited its working content; such a person never decides about it."""

    organisation_id: UUID
    record_id: UUID
    person_id: UUID
    created_at: datetime
    revision: int = 0


@dataclass(frozen=True)
class Note:
    """Something appended to a record in any state; it alters no signed content."""

    organisation_id: UUID
    id: UUID
    record_id: UUID
    text: str
    author_id: UUID
    created_at: datetime
    revision: int = 0


@dataclass(frozen=True)
class NoteFile:
    """Evidence that came with a note."""

    organisation_id: UUID
    note_id: UUID
    file_id: UUID
    revision: int = 0


@dataclass(frozen=True)
class Download:
    """Somebody got the bytes of a file: kept so that every download is in the audit trail."""

    organisation_id: UUID
    id: UUID
    file_id: UUID
    person_id: UUID
    created_at: datetime
    revision: int = 0


@dataclass(frozen=True)
class Notice:
    """Mail owed to people for what just happened; addresses and languages are looked up when it is written."""

    template: str
    person_ids: tuple[UUID, ...]
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What a step changes: rows to save and remove, mail to send, and the steps that the system takes because of it."""

    saves: tuple[object, ...] = ()
    removes: tuple[object, ...] = ()
    notices: tuple[Notice, ...] = ()
    follows: tuple[Following, ...] = ()


@dataclass(frozen=True)
class Following:
    """A step that the system takes in the same transaction, audited as the system's, with its cause."""

    step: str
    cause: str
    saves: tuple[object, ...] = ()
    removes: tuple[object, ...] = ()


@dataclass(frozen=True)
class Difference:
    """One field that differs. `lines` is a unified diff of the extracted text, for a field that names a file."""

    field: str
    before: object
    after: object
    lines: tuple[str, ...] = ()


def saved(row: Row) -> Row:
    """The row as it stands once it has been written: one revision on."""
    return replace(row, revision=row.revision + 1)  # type: ignore[type-var,attr-defined]  # every row has a revision


def note(record: Record, words: str, file_ids: Iterable[UUID], *, by: Member, at: datetime) -> Outcome:
    """A note with its evidence, appended to a record."""
    made = Note(record.organisation_id, ids.new(at), record.id, text.check("text", words, text.REASON), by.person_id, at)
    files = tuple(NoteFile(record.organisation_id, made.id, file_id) for file_id in dict.fromkeys(file_ids))
    return Outcome(saves=(made, *files))


def reassign(record: Record, *, owner: Member | None, team_id: UUID | None, at: datetime) -> Outcome:
    """The record with another owner, another team, or both."""
    if owner is None and team_id is None:
        raise Invalid("owner_id", "Give the new owner, the new team, or both.")
    if owner is not None:
        responsible(owner, "owner_id")
    moved = replace(record, owner_id=owner.person_id if owner else record.owner_id, team_id=team_id or record.team_id, updated_at=at)
    if (moved.owner_id, moved.team_id) == (record.owner_id, record.team_id):
        raise Conflict("The record has this owner and this team already.")
    return Outcome(saves=(moved,))


def responsible(owner: Member | None, field_name: str) -> None:
    """Raise Invalid unless `owner` is an active member who may own work."""
    if owner is None or not ACTION_OWNERS.admits(owner):
        raise Invalid(field_name, "The owner must be an active Action Owner or QA of this organisation.")


def differences(before: Content, after: Content, texts: Mapping[str, str] | None = None) -> list[Difference]:
    """Field by field, what `after` changes; parts and list items are told apart by their path.

    Rows that have a key are told apart by it, wherever they stand: one that comes or goes is one difference, the whole row.
    `texts` maps a file's id to its extracted text, so that a new file shows as the lines that changed in it.
    """
    old, new = dict(_leaves("", before, after)), dict(_leaves("", after, before))
    found = []
    for path in dict.fromkeys((*old, *new)):
        earlier, later = old.get(path), new.get(path)
        if earlier != later:
            found.append(Difference(path, earlier, later, _lines(earlier, later, texts or {})))
    return found


def values(given: Content) -> dict[str, object]:
    """Every single value that content holds, by its path as `differences` names it."""
    return dict(_leaves("", given, given))


def _leaves(path: str, value: object, other: object) -> Iterable[tuple[str, object]]:
    """Every single value with its path; of a row with a key that the `other` side doesn't have, the row as a whole."""
    keyed, others = _by_key(value), _by_key(other)
    if keyed and (others or not other):
        for key, row in keyed.items():
            if key in others:
                yield from _leaves(f"{path}.{key}", row, others[key])
            else:
                yield f"{path}.{key}", row
    elif isinstance(value, Mapping) and value:
        for name, item in value.items():
            yield from _leaves(f"{path}.{name}" if path else str(name), item, other.get(name) if isinstance(other, Mapping) else None)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _leaves(f"{path}.{index}", item, other[index] if isinstance(other, list) and index < len(other) else None)
    elif value is not None and value not in ({}, []):
        yield path, value


def _by_key(value: object) -> dict[str, object]:
    """The rows of a list by their key, where each has one of its own."""
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    keyed: dict[str, object] = {row["key"]: row for row in rows if isinstance(row.get("key"), str)}
    return keyed if isinstance(value, list) and len(keyed) == len(value) else {}


def _lines(before: object, after: object, texts: Mapping[str, str]) -> tuple[str, ...]:
    old, new = texts.get(str(before)), texts.get(str(after))
    if old is None and new is None:
        return ()
    lines = difflib.unified_diff(
        (old or "").splitlines()[:DIFF_LINES], (new or "").splitlines()[:DIFF_LINES], "before", "after", lineterm=""
    )
    return tuple(lines)
