"""Recall an approved change before its day."""

from __future__ import annotations

from uuid import UUID

from shared.answers.changes import AChange
from shared.app.call import Call
from shared.app.training_follow_ups import settle_change
from shared.domain.changes import applying, changes
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.proposals import load_proposal
from shared.queries.shown_changes import show_change


@command
def recall_change(call: Call, change_id: UUID, reason: Reason, challenge_id: UUID) -> AChange:
    """Recall an approved change whose day lies ahead: nothing of it happens, and its records are free for other changes."""
    proposal = load_proposal(call.tx, change_id)
    call.match(proposal.change)
    row = changes.WORKFLOW.permit("recall", proposal, call.member)
    signature = call.sign(
        challenge_id, (changes.WORKFLOW, row.name), proposal, applying.signable(proposal, row.name, call.told(row)), reason
    )
    call.record(applying.recall(proposal, signature, by=call.member, at=call.now))
    settle_change(call, proposal, f"recall of {proposal.change.number}")
    return {"change": show_change(call.tx, load_proposal(call.tx, change_id), call.member)}
