"""Reject a change by signing."""

from __future__ import annotations

from uuid import UUID

from shared.answers.changes import Decided
from shared.app.call import Call
from shared.domain.changes import approvals, changes
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.proposals import load_proposal_of_request, proposal_after
from shared.queries.shown_changes import show_decided


@command
def reject_request(call: Call, approval_request_id: UUID, challenge_id: UUID, reason: Reason) -> Decided:
    """Sign to reject a change; it returns to draft, its authors get the reason, and the round stays on record."""
    proposal = load_proposal_of_request(call.tx, approval_request_id)
    request = call.match(approvals.request_of(proposal))
    signature = call.sign(challenge_id, (changes.WORKFLOW, "reject"), proposal, approvals.signable(request), reason)
    outcome = approvals.reject(proposal, signature, reason, by=call.member, at=call.now)
    call.record(outcome)
    return show_decided(call.tx, proposal_after(call.tx, proposal, outcome), signature, call.member)
