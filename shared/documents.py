"""Controlled documents: approved before issue, one version in force, obsolete ones never taken for it (ISO 13485 4.2.4, ISO 9001 7.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from shared import canonical, content, ids, text
from shared.content import Choice, Content, Day, Fields, FileId, Identifier, Integer, ListOf, Text
from shared.errors import Conflict, Invalid
from shared.people import ACTION_OWNERS, QA, Member, Role
from shared.records import Following, Outcome, Record, Version, VersionFile, saved
from shared.workflow import SYSTEM, Actor, Gate, OpenStep, Step, Workflow

if TYPE_CHECKING:
    from shared.changes import Change
    from shared.items import Item


class Status(StrEnum):
    """The status of a document's version."""

    DRAFT = "draft"
    VOID = "void"
    APPROVED = "approved"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    RECALLED = "recalled"
    RETIRED = "retired"


S = Status
PREFIXES = {"policy": "POL", "sop": "SOP", "work_instruction": "WI", "form": "FRM", "specification": "SPE", "external": "EXT"}
CONTENT = Fields(
    summary=Text(text.REASON),
    file_id=FileId(),
    source_file_id=FileId(),
    attachments=ListOf(FileId(), 50),
    review_interval_months=Integer(1, 120),
    audience=Fields(team_ids=ListOf(Identifier(), 100), roles=ListOf(Choice(tuple(Role)), 4)),
    no_retraining_reason=Text(text.REASON),
    form_version=Text(text.NAME),
    issuer=Text(text.NAME),
    edition=Text(text.NAME),
    last_checked=Day(),
)

WORKFLOW = Workflow(
    "document",
    "document",
    #    step              from                         to            who            gate
    Step("release", (S.DRAFT,), S.APPROVED, ACTION_OWNERS, Gate.CHANGE, "propose_change"),
    Step("void", (S.DRAFT,), S.VOID, SYSTEM),
    Step("take_effect", (S.APPROVED,), S.EFFECTIVE, SYSTEM, Gate.DIRECT, "take_documents_into_effect"),
    Step("supersede", (S.EFFECTIVE, S.SUSPENDED), S.SUPERSEDED, SYSTEM),
    Step("recall", (S.APPROVED,), S.RECALLED, QA, Gate.SIGNED, "recall_document", "recalled"),
    Step("suspend", (S.EFFECTIVE,), S.SUSPENDED, QA, Gate.SIGNED, "suspend_document", "suspended"),
    Step("lift", (S.SUSPENDED,), S.EFFECTIVE, ACTION_OWNERS, Gate.CHANGE, "propose_change"),
    Step("retire", (S.EFFECTIVE, S.SUSPENDED), S.RETIRED, ACTION_OWNERS, Gate.CHANGE, "propose_change"),
    Step("confirm_review", (S.EFFECTIVE,), S.EFFECTIVE, ACTION_OWNERS, Gate.CHANGE, "propose_change"),
)
OVER = frozenset({S.VOID, S.RETIRED})


@dataclass(frozen=True)
class Document:
    """A document with its living versions: the one in force or suspended, and the one that is approved and waits for its date."""

    record: Record
    current: Version | None
    waiting: Version | None

    @property
    def status(self) -> str:
        """The status of the version that the record shows."""
        return self.record.status


@dataclass(frozen=True)
class _At:
    status: str


def create(organisation_id: UUID, *, number: str, title: str, kind: str, given: Content, owner: Member, at: datetime) -> Record:
    """Version 0 of a document: a draft that the change releasing version 1 will make real."""
    return Record(
        organisation_id, ids.new(at), "document", kind, number, text.check("title", title, text.TITLE, lines=False), owner.person_id,
        None, S.DRAFT, 0, 0, owner.person_id, at, at, content=content.merge({}, CONTENT.check("content", given)),
    )  # fmt: skip


def type_named(name: str) -> str:
    """The type of document that `name` says, in any capitals, with spaces or underscores; raises Invalid naming `type`."""
    found = name.strip().lower().replace(" ", "_")
    if found not in PREFIXES:
        raise Invalid("type", f"This must be one of: {', '.join(PREFIXES)}.")
    return found


def why_not_change(record: Record, step: str, *, waiting: bool) -> str | None:
    """Why `step` can't be part of a change over this document now; None where it can."""
    if waiting:
        return f"{record.number} has an approved version that waits for its date; recall it, or wait until it is effective."
    if step == "release":
        return f"{record.number} is {record.status}; it gets no new version." if record.status in OVER else None
    row = WORKFLOW[step]
    if record.status not in row.sources:
        return f"{record.number} is {record.status}; to {step.replace('_', ' ')} it must be {' or '.join(row.sources)}."
    return None


def apply(item: Item, document: Document, change: Change, *, today: date, at: datetime) -> Outcome:
    """What the approval of `change` does to one document; a version whose date has come takes effect in the same transaction."""
    record, cause = document.record, f"approval of {change.number}"
    if item.step == "release":
        version = _released(item, record, change, at)
        rows = tuple(
            VersionFile(record.organisation_id, record.id, version.version, file_id, name)
            for name, file_id in CONTENT.files("", version.content)
        )
        shown = _show(replace(record, latest_version=version.version), version if record.effective_version is None else None, at)
        if change.effective_on is not None and change.effective_on > today:
            return Outcome(saves=(version, *rows, shown))
        effect = take_effect(Document(saved(shown), document.current, saved(version)), today=today, at=at)
        return Outcome(saves=(version, *rows, shown), follows=(Following("take_effect", cause, effect),))
    if document.current is None:
        raise Conflict(f"{record.number} has no version in force.")
    if item.step == "confirm_review":
        current = replace(document.current, next_review_on=_review(document.current.content, today))
    else:
        target = WORKFLOW[item.step].target
        current = replace(document.current, status=target, ended_at=at if target == S.RETIRED else None)
    moved = replace(record, owner_id=item.owner_id or record.owner_id, team_id=item.team_id or record.team_id)
    return Outcome(saves=(current, _show(moved, current, at)))


def _released(item: Item, record: Record, change: Change, at: datetime) -> Version:
    merged = content.merge(record.content if record.latest_version else {}, item.content)
    title, owner, team = item.title or record.title, item.owner_id or record.owner_id, item.team_id or record.team_id
    signed = {"title": title, "owner_id": owner, "team_id": team, "content": merged}
    return Version(
        record.organisation_id, record.id, record.latest_version + 1, S.APPROVED, title, owner, team, merged,
        canonical.sha256(signed), change.id, at, effective_on=change.effective_on,
    )  # fmt: skip


def take_effect(document: Document, *, today: date, at: datetime) -> tuple[object, ...]:
    """The waiting version in force and the former one superseded, in one transaction: never two, never none."""
    if document.waiting is None:
        raise Conflict(f"{document.record.number} has no version that waits for its date.")
    if document.waiting.effective_on is not None and document.waiting.effective_on > today:
        raise Conflict(f"{document.record.number} takes effect on {document.waiting.effective_on.isoformat()}, not before.")
    effective = replace(
        document.waiting, status=S.EFFECTIVE, effective_at=at, effective_on=document.waiting.effective_on or today,
        next_review_on=_review(document.waiting.content, today),
    )  # fmt: skip
    former = () if document.current is None else (replace(document.current, status=S.SUPERSEDED, ended_at=at),)
    return (*former, effective, _show(document.record, effective, at))


def take_all_into_effect(found: Sequence[Document], *, today: date, at: datetime) -> Outcome:
    """Every document whose date has come, together: those of one change become effective in one transaction."""
    rows = tuple(row for document in found for row in take_effect(document, today=today, at=at))
    return Outcome(follows=(Following("take_effect", "the planned date came", rows),) if rows else ())


def recall(document: Document, *, by: Actor, at: datetime) -> Outcome:
    """The approved version taken back before it was ever in force."""
    waiting = document.waiting
    WORKFLOW.take("recall", subject(document, "recall"), by)
    if waiting is None:
        raise Conflict("There is no approved version to recall.")
    recalled = replace(waiting, status=S.RECALLED, ended_at=at)
    record = document.record
    return Outcome(saves=(recalled, _show(record, recalled if record.effective_version is None else None, at)))


def suspend(document: Document, *, by: Actor, at: datetime) -> Outcome:
    """The version in force put out of use, until a change lifts the suspension or retires the document."""
    WORKFLOW.take("suspend", subject(document, "suspend"), by)
    if document.current is None:
        raise Conflict("There is no version in force to suspend.")
    suspended = replace(document.current, status=S.SUSPENDED)
    return Outcome(saves=(suspended, _show(document.record, suspended, at)))


def void(record: Record, at: datetime) -> Record:
    """The document whose first change was discarded: its number stays listed, its status says void."""
    return replace(record, status=S.VOID, updated_at=at)


def subject(document: Document, step: str) -> _At:
    """What a step looks at: the waiting version where it starts from approved, else the version that the record shows."""
    waits = document.waiting is not None and S.APPROVED in WORKFLOW[step].sources
    return _At(S.APPROVED if waits else document.record.status)


def open_steps(document: Document, by: Actor) -> list[OpenStep]:
    """Every step on this document with why it is not open, those of a change included."""
    found = []
    for step in WORKFLOW:
        if step.who is SYSTEM:
            continue
        if step.gate is not Gate.CHANGE:
            found += [row for row in WORKFLOW.open_steps(subject(document, step.name), by) if row.step == step.name]
            continue
        why_not = None if step.who.admits(by) else f"This needs {step.who.words}."
        why_not = why_not or why_not_change(document.record, step.name, waiting=document.waiting is not None)
        found.append(OpenStep(step.name, step.function, open=why_not is None, why_not=why_not))
    return found


def signed_content(number: str, version: Version, hashes: Mapping[UUID, str]) -> dict[str, object]:
    """Exactly what a signature under a document's version covers."""
    return {
        "organisation_id": version.organisation_id, "record_id": version.record_id, "number": number, "version": version.version,
        "content_sha256": version.content_sha256, "content": version.content,
        "files": sorted(hashes[file_id] for _, file_id in CONTENT.files("", version.content)),
    }  # fmt: skip


def in_force_for_reader(status: str) -> bool:
    """Whether an Operator may see a document of this status."""
    return status == S.EFFECTIVE


def _show(record: Record, version: Version | None, at: datetime) -> Record:
    """The record showing `version`; with None it goes on showing what it showed."""
    if version is None:
        return replace(record, updated_at=at)
    alive = version.status in (S.EFFECTIVE, S.SUSPENDED)
    return replace(
        record, title=version.title, owner_id=version.owner_id if record.version != version.version else record.owner_id,
        team_id=version.team_id if record.version != version.version else record.team_id, status=version.status, version=version.version,
        effective_version=version.version if alive else None, content=version.content,
        due_on=version.next_review_on if alive else None, updated_at=at,
    )  # fmt: skip


def _review(given: Content, today: date) -> date | None:
    months = given.get("review_interval_months")
    if not isinstance(months, int):
        return None
    year, month = divmod(today.month - 1 + months, 12)
    for day in (today.day, 30, 29, 28):
        try:
            return date(today.year + year, month + 1, day)
        except ValueError:
            continue
    return None
