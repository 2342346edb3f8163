"""Controlled documents: approved before issue, one version in force, obsolete versions marked (ISO 13485 4.2.4, ISO 9001 7.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from shared.domain.kernel import text
from shared.domain.kernel.arguments import REASON
from shared.domain.kernel.content import Choice, Content, Day, Fields, FileId, Identifier, Integer, ListOf, Text
from shared.domain.kernel.days import months_later
from shared.domain.kernel.errors import Conflict
from shared.domain.kernel.outcomes import Following, Outcome, saved
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import replace
from shared.domain.kernel.workflow import STANDING, SYSTEM, Actor, Gate, Phase, Step, Workflow
from shared.domain.people.people import ACTION_OWNERS, QA, Role
from shared.domain.records import kind
from shared.domain.records.dossiers import Dossier
from shared.domain.records.kind import Kind
from shared.domain.records.records import Record, Version

if TYPE_CHECKING:
    from shared.domain.changes.proposals import Change, Item


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
PREFIXES: Mapping[str | None, str] = {
    "policy": "POL",
    "sop": "SOP",
    "work_instruction": "WI",
    "form": "FRM",
    "specification": "SPE",
    "external": "EXT",
}
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
_BODY = ("file_id", "source_file_id")  # what readers read, and what authors edit
DocumentContent = Annotated[dict[str, Any], CONTENT]

PHASES: Mapping[str, Phase] = {
    S.DRAFT: Phase.DRAFT,
    S.VOID: Phase.ENDED,
    S.APPROVED: Phase.WAITING,
    S.EFFECTIVE: Phase.IN_FORCE,
    S.SUSPENDED: Phase.HELD,
    S.SUPERSEDED: Phase.PAST,
    S.RECALLED: Phase.PAST,
    S.RETIRED: Phase.ENDED,
}
FORCE = tuple(status for status, phase in PHASES.items() if phase in STANDING)
WORKFLOW = Workflow[Dossier](
    "document",
    "document",
    PHASES,
    #    step              from                         to            who            gate
    Step("release", (S.DRAFT,), S.APPROVED, ACTION_OWNERS, Gate.CHANGE, "propose_change", version=True),
    Step("void", (S.DRAFT,), S.VOID, SYSTEM),
    Step("take_effect", (S.APPROVED,), S.EFFECTIVE, SYSTEM, Gate.DIRECT, "take_documents_into_effect"),
    Step("supersede", FORCE, S.SUPERSEDED, SYSTEM),
    Step("recall", (S.APPROVED,), S.RECALLED, QA, Gate.SIGNED, "recall_document", "recalled", told=REASON),
    Step("suspend", (S.EFFECTIVE,), S.SUSPENDED, QA, Gate.SIGNED, "suspend_document", "suspended", told=REASON),
    Step("lift", (S.SUSPENDED,), S.EFFECTIVE, ACTION_OWNERS, Gate.CHANGE, "propose_change"),
    Step("retire", FORCE, S.RETIRED, ACTION_OWNERS, Gate.CHANGE, "propose_change"),
    Step("confirm_review", (S.EFFECTIVE,), S.EFFECTIVE, ACTION_OWNERS, Gate.CHANGE, "propose_change"),
)


def type_named(name: str) -> str:
    """The type of document that `name` says; raises Invalid naming `type`."""
    return text.word("type", name, filter(None, PREFIXES))


def why_not(of: Kind, found: Dossier, step: str) -> Sentence | None:
    """Why a change can't take `step` on this document now, as a sentence; None if it can."""
    record = found.record
    if found.waiting is not None:
        return Sentence(
            "version_waits_for_its_date",
            "{number} has an approved version that waits for its date; recall it, or wait until it is effective.",
            number=record.number,
        )
    if step == "release":
        return (
            Sentence("no_new_version", "{number} is {status}; it gets no new version.", number=record.number, status=Term(record.status))
            if of.is_over(record.status)
            else None
        )
    return kind.state_refuses(of, found, step)


def unmet(found: Dossier, step: str, given: Content, _today: date) -> list[Sentence]:
    """One sentence for each identifying field that an external document lacks before release (ISO 13485 4.2.4 f)."""
    if step != "release" or found.record.type != "external":
        return []
    return [
        Sentence(
            "external_document_unidentified",
            "{number} needs its {missing}: an external document is identified by whoever issued it and by its edition.",
            number=found.record.number,
            missing=Term(name),
        )
        for name in ("issuer", "edition")
        if not given.get(name)
    ]


def apply(of: Kind, item: Item, found: Dossier, change: Change, today: date, at: datetime) -> Outcome:
    """Apply an approved change to one document; a version with a later effective date waits for it, and takes effect on that day."""
    record, cause = found.record, f"approval of {change.number}"
    owned = replace(record, owner_id=item.owner_id or record.owner_id, team_id=item.team_id or record.team_id)
    if item.step == "release" and found.waiting is not None:
        effect = take_effect(replace(found, record=owned), today=today, at=at)
        return Outcome(follows=(Following("take_effect", f"the day of {change.number} came", effect),))
    if item.step == "release":
        titled = replace(owned, title=item.title or record.title, content=of.laid_over(record, item.content))
        version, rows = kind.next_version(of, titled, S.APPROVED, change.id, at)
        version = replace(version, effective_on=change.effective_on)
        known = replace(record if change.waits(today) else owned, latest_version=version.version)
        shown = _show(known, version if record.effective_version is None else None, at)
        if change.waits(today):
            return Outcome(saves=(version, *rows, shown))
        effect = take_effect(Dossier(saved(shown), found.current, saved(version)), today=today, at=at)
        return Outcome(saves=(version, *rows, shown), follows=(Following("take_effect", cause, effect),))
    if found.current is None:
        raise Conflict(Sentence("no_version_in_force", "{number} has no version in force.", number=record.number))
    if item.step == "confirm_review":
        current = replace(found.current, next_review_on=_review(found.current.content, today))
    else:
        target = WORKFLOW[item.step].target
        current = replace(found.current, status=target, ended_at=at if of.is_over(target) else None)
    return Outcome(saves=(current, _show(owned, current, at)))


def take_effect(document: Dossier, *, today: date, at: datetime) -> tuple[object, ...]:
    """Put the waiting version in force and supersede the former one, in one transaction."""
    if document.waiting is None:
        raise Conflict(Sentence("no_version_waits", "{number} has no version that waits for its date.", number=document.record.number))
    if document.waiting.effective_on is not None and document.waiting.effective_on > today:
        raise Conflict(
            Sentence(
                "takes_effect_later",
                "{number} takes effect on {effective_on}, not before.",
                number=document.record.number,
                effective_on=document.waiting.effective_on,
            )
        )
    effective = replace(
        document.waiting,
        status=S.EFFECTIVE,
        effective_at=at,
        effective_on=document.waiting.effective_on or today,
        next_review_on=_review(document.waiting.content, today),
    )
    former = () if document.current is None else (replace(document.current, status=S.SUPERSEDED, ended_at=at),)
    return (*former, effective, _show(document.record, effective, at))


def take_all_into_effect(found: Sequence[Dossier], *, today: date, at: datetime) -> Outcome:
    """Put every due document in force together, so that those of one change take effect in one transaction."""
    rows = tuple(row for document in found for row in take_effect(document, today=today, at=at))
    return Outcome(follows=(Following("take_effect", "the planned date came", rows),) if rows else ())


def take(document: Dossier, step: str, *, by: Actor, at: datetime) -> Outcome:
    """Take a person's step on a version: the waiting one if the step starts from its status, else the one in force or suspended."""
    row, record, version = WORKFLOW.permit(step, subject(document, step), by), document.record, signed_version(document, step)
    if version is None:
        raise Conflict(Sentence("no_version_for_step", "{number} has no version to {step}.", number=record.number, step=Term(step)))
    status = row.target_from(version.status)
    over = PHASES[status] in (Phase.PAST, Phase.ENDED)
    taken = replace(version, status=status, ended_at=at if over else None)
    beside = version is document.waiting and record.effective_version is not None  # the record still shows the version in force
    return Outcome(saves=(taken, _show(record, None if beside else taken, at)))


def subject(document: Dossier, step: str) -> Dossier:
    """The document as a step sees it: in the status of its waiting version if the step starts from that status."""
    waiting = document.waiting
    if waiting is None or waiting.status not in WORKFLOW[step].sources:
        return document
    return replace(document, record=replace(document.record, status=waiting.status))


def signed_version(document: Dossier, step: str) -> Version | None:
    """The version that a signature for `step` covers."""
    waits = PHASES[subject(document, step).status] is Phase.WAITING
    return document.waiting if waits else document.current


def signed_content(number: str, version: Version, hashes: Mapping[UUID, str]) -> dict[str, object]:
    """The content that a signature on a document's version covers."""
    return {
        "organisation_id": version.organisation_id,
        "record_id": version.record_id,
        "number": number,
        "version": version.version,
        "content_sha256": version.content_sha256,
        "content": version.content,
        "files": sorted(hashes[file_id] for _, file_id in CONTENT.files("", version.content)),
    }


def bodies(given: Content) -> list[tuple[str, UUID]]:
    """The files that are a document's body, by their fields; its attachments are none."""
    return [(name, UUID(str(given[name]))) for name in _BODY if given.get(name) is not None]


def _show(record: Record, version: Version | None, at: datetime) -> Record:
    """Copy `version` into the record's summary columns; None leaves them alone. The owner isn't copied: it may have changed since."""
    if version is None:
        return replace(record, updated_at=at)
    alive = version.status in FORCE
    return replace(
        record,
        title=version.title,
        status=version.status,
        version=version.version,
        effective_version=version.version if alive else None,
        content=version.content,
        due_on=version.next_review_on if alive else None,
        updated_at=at,
        closed_at=(record.closed_at or at) if KIND.is_over(version.status) else None,
    )


def _review(given: Content, today: date) -> date | None:
    months = given.get("review_interval_months")
    return months_later(today, months) if isinstance(months, int) else None


KIND = Kind(
    workflow=WORKFLOW,
    content=CONTENT,
    prefixes=PREFIXES,
    drafted=True,
    waits=frozenset({"release"}),
    one_version_fields=frozenset({"no_retraining_reason"}),
    renditions={"file_id": "source_file_id"},
    apply=apply,
    why_not=why_not,
    readers=True,
    subject=subject,
    unmet=unmet,
)
