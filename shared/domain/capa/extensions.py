"""Extensions of the due date of an action, a training or a record: the owner requests, QA decides; the original date stays on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.domain.capa.actions import Action
from shared.domain.kernel import ids, text
from shared.domain.kernel.arguments import REASON
from shared.domain.kernel.content import LAST_YEAR
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.kernel.outcomes import Notice, Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass, replace
from shared.domain.kernel.workflow import Actor, Gate, Phase, Relation, Step, Who, Workflow
from shared.domain.people.people import QA, Group, Member, Role
from shared.domain.records.records import Version


class Status(StrEnum):
    """The status of an extension."""

    REQUESTED = "requested"
    GRANTED = "granted"
    DENIED = "denied"


S = Status
ASKERS: Group = Who(frozenset({Role.OPERATOR, Role.ACTION_OWNER, Role.QA}), "an Operator, an Action Owner or QA")


@dataclass(frozen=True)
class Extension:
    """A request for a later due date and QA's decision; exactly one of the three ids is set."""

    organisation_id: UUID
    id: UUID
    action_id: UUID | None
    assignment_id: UUID | None
    record_id: UUID | None
    requested_by: UUID
    reason: str
    due_on_before: date
    due_on: date
    status: str
    created_at: datetime
    updated_at: datetime
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None
    revision: int = 0


@dataclass(frozen=True)
class Due:
    """Something with a due date: its row, its number, its owner and its state.

    `over` means that it is finished, `waiting` that an extension is being decided; `version` is a document's version in force.
    """

    kind: str
    row: Any
    name: str
    owner_id: UUID
    due_on: date | None
    over: bool
    waiting: bool = False
    version: Version | None = None


@dataclass(frozen=True)
class Asked:
    """An extension with the thing that it extends: the subject of WORKFLOW's steps."""

    extension: Extension
    due: Due

    @property
    def status(self) -> str:
        """The extension's own status."""
        return self.extension.status


def _still_due(asked: Asked, _: Actor) -> Sentence | None:
    due, wanted = asked.due, asked.extension.due_on
    if due.over or due.due_on is None:
        return Sentence("not_due_any_more", "{number} isn't due any more; there is nothing to extend.", number=due.name)
    if wanted <= due.due_on:
        return Sentence(
            "due_later_already",
            "{number} is due on {due_on} by now, which isn't before {wanted}.",
            number=due.name,
            due_on=due.due_on,
            wanted=wanted,
        )
    return None


NOT_REQUESTER = Relation[Asked](
    "not_requester",
    lambda asked, by: by.person_id not in (asked.extension.requested_by, asked.due.owner_id),
    Sentence("own_extension", "You asked for this yourself, or owe it, so somebody else must decide."),
)
DECIDERS = QA & NOT_REQUESTER
WORKFLOW = Workflow[Asked](
    "extension",
    "extension",
    {S.REQUESTED: Phase.OPEN, S.GRANTED: Phase.DONE, S.DENIED: Phase.ENDED},
    #    step     from            to         who       gate         function            signature   needs
    Step("grant", (S.REQUESTED,), S.GRANTED, DECIDERS, Gate.DIRECT, "decide_extension", None, (_still_due,)),
    Step("deny", (S.REQUESTED,), S.DENIED, DECIDERS, Gate.DIRECT, "decide_extension", told=REASON),
)


def subject(**named: UUID | None) -> tuple[str, UUID]:
    """The kind and id of the one thing named; raises Invalid unless exactly one is named."""
    given = [(kind, one) for kind, one in named.items() if one is not None]
    if len(given) != 1:
        raise Invalid("action_id", Sentence("one_thing_due", "Name exactly one thing that is due: action_id, assignment_id or record_id."))
    return given[0]


def request(due: Due, due_on: date, reason: str, *, today: date, by: Member, at: datetime) -> Extension:
    """Request a later due date for one's own work; only one request may be open.

    Raises Forbidden (somebody else's), Conflict (not due, or asked already) or Invalid naming `due_on`.
    """
    if by.person_id != due.owner_id:
        raise Forbidden(Sentence("owes_this_only", "Only who owes this may ask for more time."))
    if due.over or due.due_on is None:
        raise Conflict(Sentence("not_due", "{number} isn't due; there is nothing to extend.", number=due.name), status=due.row.status)
    if due.waiting:
        raise Conflict(
            Sentence("extension_asked_already", "An extension of {number} is asked already; wait for QA's decision.", number=due.name),
            status=S.REQUESTED,
        )
    if due_on <= due.due_on:
        raise Invalid(
            "due_on", Sentence("not_after_present_due_date", "This must be after {due_on}, the present due date.", due_on=due.due_on)
        )
    if due_on < today or due_on.year > LAST_YEAR:
        raise Invalid(
            "due_on", Sentence("day_from_today_on", "This must be a day from today on, not after {last_year}.", last_year=LAST_YEAR)
        )
    named = {kind: due.row.id if due.kind == kind else None for kind in ("action", "assignment", "record")}
    return Extension(
        organisation_id=by.organisation_id,
        id=ids.new(at),
        action_id=named["action"],
        assignment_id=named["assignment"],
        record_id=named["record"],
        requested_by=by.person_id,
        reason=text.check("reason", reason, text.REASON),
        due_on_before=due.due_on,
        due_on=due_on,
        status=S.REQUESTED,
        created_at=at,
        updated_at=at,
    )


def ask(extension: Extension, due: Due, told: Sequence[UUID], requester: str) -> Outcome:
    """Save the request and notify those of QA (`told`) who may decide."""
    deciders = tuple(person for person in told if person not in (extension.requested_by, due.owner_id))
    facts = {"requester": requester, "due_on_before": extension.due_on_before.isoformat(), "due_on": extension.due_on.isoformat()}
    notice = Notice("extension_requested", deciders, {**_about(due), **facts, "reason": extension.reason})
    return Outcome(saves=(extension,), notices=(notice,))


def decide(asked: Asked, *, granted: bool, reason: str | None, by: Member, at: datetime) -> Outcome:
    """Grant the request, which changes the due date, or deny it with a reason; the requester gets mail."""
    row = WORKFLOW.permit("grant" if granted else "deny", asked, by)
    if not granted and reason is None:
        raise Invalid("reason", Sentence("reason_for_denial", "Say why there is no more time."))
    why = None if reason is None else text.check("reason", reason, text.REASON)
    decided = replace(asked.extension, status=row.target, decided_by=by.person_id, decided_at=at, decision_reason=why, updated_at=at)
    told, due = (asked.extension.requested_by,), asked.due
    if granted:
        notice = Notice("extension_granted", told, {**_about(due), "due_on": decided.due_on.isoformat()})
    else:
        stays = due.due_on or decided.due_on_before
        notice = Notice("extension_denied", told, {**_about(due), "due_on": stays.isoformat(), "reason": why or ""})
    return Outcome(saves=(decided, *(_rescheduled(asked, at) if granted else ())), notices=(notice,))


def _about(due: Due) -> dict[str, str]:
    """The facts of a mail about what is due: its number and its page."""
    return {"number": due.name, "page": f"{due.kind}s", "subject_id": str(due.row.id)}


def _rescheduled(asked: Asked, at: datetime) -> tuple[object, ...]:
    """The rows with the new due date; a document's due date is the next review of its version in force."""
    due, due_on = asked.due, asked.extension.due_on
    counted = {"extensions": due.row.extensions + 1} if isinstance(due.row, Action) else {}
    extended = replace(due.row, due_on=due_on, updated_at=at, **counted)
    return (extended,) if due.version is None else (replace(due.version, next_review_on=due_on), extended)
