"""Submit a change for approval."""

from __future__ import annotations

from uuid import UUID

from shared.answers.pages import Submitted
from shared.app.call import Call
from shared.domain.changes import approvals
from shared.doors.http import command


@command
def submit_change(call: Call, change_id: UUID, approver_ids: list[UUID] = ()) -> Submitted:
    """Ask QA to approve this change: a numbered round is frozen, and those who may sign are told by mail."""
    proposal = call.store.proposal(change_id)
    call.match(proposal.change)
    outcome = approvals.submit(proposal, call.organisation, approver_ids, by=call.member, at=call.now)
    call.record(outcome)
    return call.store.show_submitted(call.store.after(proposal, outcome), call.member)
