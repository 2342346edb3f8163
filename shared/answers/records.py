"""Answers about records: one shape for all kinds, in a list and single."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NotRequired

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.actions import Action, Extension
from shared.answers.files import File
from shared.answers.parts import Named, OpenStep, Pointer, steps
from shared.answers.rows import as_answers, etag, written
from shared.answers.signatures import Signature
from shared.domain.events import event_conditions, events
from shared.domain.kernel.content import Content
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.workflow import words
from shared.domain.people.people import STAFF, Member
from shared.domain.records import records
from shared.domain.records.dossiers import Dossier
from shared.domain.records.kind import Kind
from shared.domain.records.kinds import KINDS
from shared.domain.trainings import quizzes


class Link(TypedDict):
    """A typed link to another record, outgoing or incoming."""

    type: str
    direction: str
    record: Pointer
    id: NotRequired[str]
    step: NotRequired[str]


class Note(TypedDict):
    """A note on a record, with its files."""

    id: str
    text: str
    author: Named
    created_at: str
    files: list[File]


class TakenStep(TypedDict):
    """A step that was taken: by whom (null for the system), when and why, as the audit trail tells it."""

    step: str
    in_words: str
    person: Named | None
    at: str
    reason: str | None


class Brief(TypedDict):
    """A record in a list."""

    id: str
    kind: str
    type: str | None
    number: str
    title: str
    status: str
    version: int
    etag: str
    owner: Named | None
    team: Named | None
    due_on: str | None
    created_at: str
    updated_at: str


class EventBrief(Brief):
    """An event in a list."""

    severity: str | None
    batch: str | None
    batches: list[str]
    place: str | None
    risk_number: int | None
    overdue: bool


class Waiting(TypedDict):
    """The approved version that waits for its effective date; staff and the people who train on it beforehand see it."""

    version: int
    effective_on: str | None
    content: dict[str, Any]
    files: list[File]


class FieldsOfKind(TypedDict, total=False):
    """Fields that only an event or only a CAPA plan has; `triaged` is the newest triage."""

    triaged: TakenStep | None
    risk_number: int | None
    recurring: list[Pointer]
    actions: list[Action]


class Record(Brief, FieldsOfKind):
    """A single record; `warning` says since when it is suspended, and that it must not be used."""

    content: dict[str, Any]
    files: list[File]
    links: list[Link]
    notes: list[Note]
    signatures: list[Signature]
    effective_on: str | None
    waiting: Waiting | None
    in_approval: str | None
    approved_in: str | None
    suspended_on: str | None
    warning: str | None
    closed_at: str | None
    open_steps: list[OpenStep]
    taken_steps: list[TakenStep]
    extensions: list[Extension]


class ARecord(TypedDict, total=False):
    """The record after the step, under its kind's name."""

    document: Record
    training: Record
    event: Record
    investigation: Record
    capa_plan: Record


def brief(record: records.Record, owner: Named | None, team: Named | None) -> Brief:
    """A record in a list."""
    return {
        "id": str(record.id),
        "kind": record.kind,
        "type": record.type,
        "number": record.number,
        "title": record.title,
        "status": record.status,
        "version": record.version,
        "etag": etag(record.revision),
        "owner": owner,
        "team": team,
        "due_on": written(record.due_on),
        "created_at": written(record.created_at),
        "updated_at": written(record.updated_at),
    }


def event_brief(row: Brief, content: Content | None, today: date) -> EventBrief:
    """An event in a list; `content` holds the fields of its content that show there."""
    told = content or {}
    severity, place = (None if told.get(name) is None else str(told[name]) for name in ("severity", "place"))
    batches = event_conditions.identified(told, "batch")
    late = row["due_on"] is not None and row["due_on"] < today.isoformat()
    return {
        **row,
        "severity": severity,
        "batch": batches[0] if batches else None,
        "batches": batches,
        "place": place,
        "risk_number": event_conditions.risk_number(told),
        "overdue": late and not events.KIND.is_over(row["status"]),
    }


def record(found: Dossier, details: Mapping[str, Any], extensions: list[Extension], of_kind: FieldsOfKind, by: Member) -> Record:
    """A record as `by` may see it; readers don't get the editable source file."""
    row, staff, kind = found.record, STAFF.admits(by), KINDS[found.record.kind]
    learns = details.get("learns") or {}
    hidden = row.kind == "training" and (not staff or bool(learns.get("open")))
    content = _readable(quizzes.without_answers(row.content) if hidden else row.content, staff=staff)
    waiting = found.waiting if staff or learns.get("reads") else None
    taken = _taken(details["decided"] or ())
    if row.kind == "event" and staff:
        of_kind = {**of_kind, "triaged": next((one for one in reversed(taken) if one["step"] == "triage_event"), None)}
    return {
        **brief(row, details["owner"], details["team"]),
        "content": content,
        "files": _files(kind, content, details),
        "links": as_answers(Link, details["links"]) if staff else [],
        "notes": as_answers(Note, details["notes"]) if staff else [],
        "signatures": as_answers(Signature, details["signatures"]),
        "effective_on": written(found.current.effective_on) if found.current else None,
        "waiting": _waiting(kind, waiting, details, staff=staff) if waiting else None,
        "in_approval": found.in_approval if staff else None,
        "approved_in": found.approved_in if staff else None,
        "suspended_on": written(suspended_on) if (suspended_on := details.get("suspended_on")) else None,
        "warning": _not_to_be_used(suspended_on) if suspended_on else None,
        "closed_at": written(row.closed_at),
        "open_steps": steps(kind.open_steps(found, by), by),
        "taken_steps": taken if staff else [],
        "extensions": extensions,
        **of_kind,
    }


def _not_to_be_used(since: date) -> Sentence:
    return Sentence("suspended_since", "Suspended since {day}; don't use it.", day=since)


def _taken(rows: Iterable[Mapping[str, Any]]) -> list[TakenStep]:
    return [
        {
            "step": one["step"],
            "in_words": words(one["step"]).capitalize(),
            "person": one["person"],
            "at": one["at"],
            "reason": one["reason"],
        }
        for one in rows
    ]


def _readable(content: Content, *, staff: bool) -> dict[str, Any]:
    return {name: value for name, value in content.items() if staff or name != "source_file_id"}


def _files(kind: Kind, content: Content, details: Mapping[str, Any]) -> list[File]:
    named = {str(file_id): field for field, file_id in kind.content.files("", content)}
    return [{**file, "field": named[file["id"]]} for file in as_answers(File, details["files"]) if file["id"] in named]


def _waiting(kind: Kind, version: records.Version, details: Mapping[str, Any], *, staff: bool) -> Waiting:
    """The approved version that waits for its effective date."""
    content = _readable(version.content, staff=staff)
    return {
        "version": version.version,
        "effective_on": written(version.effective_on),
        "content": content,
        "files": _files(kind, content, details),
    }
