"""Actions: tasks with an owner and a due date, of a CAPA plan or as follow-up of a change (ISO 13485 8.5.2-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.kernel import ids, text
from shared.domain.kernel.arguments import REASON
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.outcomes import Notice, Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass, replace
from shared.domain.kernel.workflow import SYSTEM, Gate, Phase, Relation, Step, Workflow
from shared.domain.people.people import ACTION_OWNERS, QA, Member

if TYPE_CHECKING:
    from shared.domain.records.records import Record


class Status(StrEnum):
    """The status of an action; overdue is derived from its due date, never stored."""

    OPEN = "open"
    DONE = "done"
    VERIFIED = "verified"
    CANCELLED = "cancelled"


S = Status
PLANNED = ("correction", "corrective", "preventive")
ACHIEVED = frozenset({S.DONE, S.VERIFIED})
LONGEST = 20_000  # characters of a description


@dataclass(frozen=True)
class Action:
    """One action. `key` identifies it within its plan; the original due date and the number of extensions stay on record."""

    organisation_id: UUID
    id: UUID
    record_id: UUID | None
    change_id: UUID | None
    key: str
    number: str
    kind: str
    description: str
    owner_id: UUID
    status: str
    due_on: date
    original_due_on: date
    extensions: int
    created_at: datetime
    updated_at: datetime
    evidence: str | None = None
    completed_by: UUID | None = None
    completed_at: datetime | None = None
    verified_by: UUID | None = None
    verified_at: datetime | None = None
    returned_reason: str | None = None
    closed_at: datetime | None = None
    revision: int = 0

    @property
    def over(self) -> bool:
        """Whether the action is verified or cancelled."""
        return self.closed_at is not None


@dataclass(frozen=True)
class ActionFile:
    """Evidence that an action was done."""

    organisation_id: UUID
    action_id: UUID
    file_id: UUID
    revision: int = 0


OWNER = Relation[Action](
    "owner",
    lambda action, by: action.owner_id == by.person_id,
    Sentence("owner_of_action_only", "Only the owner of this action may do that."),
)
NOT_DOER = Relation[Action](
    "not_doer",
    lambda action, by: by.person_id not in (action.owner_id, action.completed_by),
    Sentence("own_action", "You own this action or did it yourself, so somebody else must judge it."),
)
WORKFLOW = Workflow[Action](
    "action",
    "action",
    {S.OPEN: Phase.OPEN, S.DONE: Phase.OPEN, S.VERIFIED: Phase.DONE, S.CANCELLED: Phase.ENDED},
    #    step        from        to           who                    gate         function
    Step("complete", (S.OPEN,), S.DONE, ACTION_OWNERS & OWNER, Gate.DIRECT, "complete_action"),
    Step("verify", (S.DONE,), S.VERIFIED, QA & NOT_DOER, Gate.DIRECT, "verify_action"),
    Step("return", (S.DONE,), S.OPEN, QA & NOT_DOER, Gate.DIRECT, "return_action", told=REASON),
    Step("cancel", (S.OPEN,), S.CANCELLED, SYSTEM),
)


def planned(plan: Record, row: Mapping[str, object], *, at: datetime) -> Action:
    """The open action that approving a plan creates from one of its rows."""
    owner_id, due_on, key = UUID(str(row["owner_id"])), date.fromisoformat(str(row["due_on"])), str(row["key"])
    return Action(
        organisation_id=plan.organisation_id,
        id=ids.new(at),
        record_id=plan.id,
        change_id=None,
        key=key,
        number=f"{plan.number}/{key}",
        kind=str(row["kind"]),
        description=str(row["description"]),
        owner_id=owner_id,
        status=S.OPEN,
        due_on=due_on,
        original_due_on=due_on,
        extensions=0,
        created_at=at,
        updated_at=at,
    )


def revised(action: Action, before: Mapping[str, object], row: Mapping[str, object], *, at: datetime) -> Action | None:
    """Update an open action with what its plan's new version changes, keeping extensions and hand-overs; None if nothing changes."""
    changed = {name: str(row[name]) for name in ("kind", "description", "owner_id", "due_on") if row[name] != before.get(name)}
    if not changed:
        return None
    return replace(
        action,
        kind=changed.get("kind", action.kind),
        description=changed.get("description", action.description),
        owner_id=UUID(changed["owner_id"]) if "owner_id" in changed else action.owner_id,
        due_on=date.fromisoformat(changed["due_on"]) if "due_on" in changed else action.due_on,
        updated_at=at,
    )


def cancelled(action: Action, *, at: datetime) -> Action:
    """Cancel an open action that its plan no longer holds."""
    return replace(action, status=S.CANCELLED, closed_at=at, updated_at=at)


def complete(action: Action, evidence: str | None, file_ids: Sequence[UUID], *, by: Member, at: datetime) -> Outcome:
    """Complete the action with evidence in words, in files, or both."""
    WORKFLOW.permit("complete", action, by)
    if evidence is None and not file_ids:
        raise Invalid("evidence", Sentence("evidence_needed", "Give evidence that this was done: in words, as files (file_ids), or both."))
    words = None if evidence is None else text.check("evidence", evidence, text.PROSE)
    done = replace(action, status=S.DONE, evidence=words, completed_by=by.person_id, completed_at=at, returned_reason=None, updated_at=at)
    files = tuple(ActionFile(action.organisation_id, action.id, file_id) for file_id in dict.fromkeys(file_ids))
    return Outcome(saves=(done, *files))


def verify(action: Action, *, by: Member, at: datetime) -> Outcome:
    """Verify the action; only QA who had no part in it may."""
    WORKFLOW.permit("verify", action, by)
    return Outcome(saves=(replace(action, status=S.VERIFIED, verified_by=by.person_id, verified_at=at, closed_at=at, updated_at=at),))


def send_back(action: Action, reason: str, *, by: Member, at: datetime) -> Outcome:
    """Return the action to its owner, who gets the reason by mail."""
    WORKFLOW.permit("return", action, by)
    why = text.check("reason", reason, text.REASON)
    back = replace(action, status=S.OPEN, completed_by=None, completed_at=None, returned_reason=why, updated_at=at)
    facts = {"number": back.number, "reason": why, "due_on": back.due_on.isoformat(), "action_id": str(back.id)}
    return Outcome(saves=(back,), notices=(Notice("action_returned", (back.owner_id,), facts),))
