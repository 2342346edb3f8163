"""Submit a change for approval."""

from __future__ import annotations

from uuid import UUID

from shared.answers.changes import Submitted
from shared.app.call import Call
from shared.domain.changes import approvals
from shared.doors.http import command
from shared.queries.proposals import load_proposal, proposal_after
from shared.queries.shown_changes import show_submitted


@command
def submit_change(call: Call, change_id: UUID, approver_ids: list[UUID] = []) -> Submitted:
    """Submit a change for approval: its content is frozen as a numbered round, and the eligible approvers get mail."""
    proposal = load_proposal(call.tx, change_id)
    call.match(proposal.change)
    outcome = approvals.submit(proposal, call.organisation, approver_ids, by=call.member, at=call.now)
    call.record(outcome)
    return show_submitted(call.tx, proposal_after(call.tx, proposal, outcome), call.member)
