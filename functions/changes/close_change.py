"""Close a change whose follow-ups are over."""

from __future__ import annotations

from uuid import UUID

from shared.answers.changes import AChange
from shared.app.call import Call
from shared.domain.changes import applying, changes
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.proposals import load_proposal
from shared.queries.shown_changes import show_change


@command
def close_change(call: Call, change_id: UUID, result: Reason, challenge_id: UUID) -> AChange:
    """Sign what came of a change that happened, once its follow-ups are done and verified (ICH Q10 3.2.3)."""
    proposal = load_proposal(call.tx, change_id)
    call.match(proposal.change)
    row = changes.WORKFLOW.permit("close", proposal, call.member)
    signature = call.sign(challenge_id, (changes.WORKFLOW, row.name), proposal, applying.signable(proposal, row.name, call.told(row)))
    call.record(applying.close(proposal, signature, result, by=call.member, at=call.now))
    return {"change": show_change(call.tx, load_proposal(call.tx, change_id), call.member)}
