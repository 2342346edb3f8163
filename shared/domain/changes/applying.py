"""Approved changes: moved to another day, recalled before it, and closed when what followed from them is done (ICH Q10 3.2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.changes import approvals, changes
from shared.domain.changes.changes import KIND, WORKFLOW
from shared.domain.changes.proposals import Item, Proposal, Status
from shared.domain.documents import documents
from shared.domain.kernel import canonical, days, text
from shared.domain.kernel.outcomes import Following, Outcome
from shared.domain.kernel.values import replace
from shared.domain.signing.signatures import Signable

if TYPE_CHECKING:
    from shared.domain.kernel.workflow import Actor
    from shared.domain.records.records import Version
    from shared.domain.signing.signatures import Signature


def signable(proposal: Proposal, step: str, told: Mapping[str, object]) -> Signable:
    """What a signature on an approved change covers: the round that was approved, and the status and day that the step leads to."""
    change, request = proposal.change, approvals.request_of(proposal)
    kept = {
        "organisation_id": change.organisation_id,
        "change_id": change.id,
        "number": change.number,
        "round": change.round,
        "content_sha256": request.content_sha256,
        "status": WORKFLOW[step].target_from(change.status),
        "effective_on": told.get("effective_on") or canonical.plain(change.effective_on),
    }
    return Signable(KIND, change.id, canonical.sha256(kept), None, change.id, content=kept)


def move(proposal: Proposal, signature: Signature, day: date, *, by: Actor, at: datetime) -> Outcome:
    """Move the whole change to another day, today or later, with every version that waits for it."""
    WORKFLOW.permit("move_date", proposal, by)
    moved = replace(proposal.change, effective_on=days.not_past(day, proposal.today), updated_at=at)
    return Outcome(saves=(signature, moved, *(replace(version, effective_on=day) for _, version in _waiting(proposal))))


def recall(proposal: Proposal, signature: Signature, *, by: Actor, at: datetime) -> Outcome:
    """Recall the whole change before its day: nothing of it happens, and its records are free for other changes."""
    unlocked = changes.unlock(proposal, "recall", by=by, at=at)
    versions = [documents.take(proposal.dossiers[item.record_id], "recall", by=by, at=at) for item, _ in _waiting(proposal)]
    return Outcome(saves=(signature, *unlocked, *(row for one in versions for row in one.saves)))


def without(proposal: Proposal, record_id: UUID, *, at: datetime) -> Outcome:
    """The change without the document whose version was recalled; it is recalled itself where nothing else of it is left to happen."""
    if proposal.change.status != Status.APPROVED:
        return Outcome()
    freed = tuple(replace(item, in_approval=False) for item in proposal.items if item.record_id == record_id)
    left = [item for item in approvals.left(proposal) if item.record_id != record_id]
    if left:
        return Outcome(saves=freed)
    recalled = replace(proposal.change, status=WORKFLOW["recall"].target, updated_at=at)
    cause = f"recall of {proposal.record(record_id).number}"
    return Outcome(saves=freed, follows=(Following("recall", cause, (recalled,)),))


def close(proposal: Proposal, signature: Signature, result: str, *, by: Actor, at: datetime) -> Outcome:
    """Close the change with what came of it, once its follow-ups are over."""
    target = WORKFLOW.permit("close", proposal, by).target
    return Outcome(
        saves=(signature, replace(proposal.change, status=target, result=text.check("result", result, text.REASON), updated_at=at))
    )


def _waiting(proposal: Proposal) -> list[tuple[Item, Version]]:
    """The versions that wait for the change's day."""
    found = ((item, proposal.dossiers[item.record_id].waiting) for item in approvals.left(proposal))
    return [(item, version) for item, version in found if version is not None and version.change_id == proposal.change.id]
