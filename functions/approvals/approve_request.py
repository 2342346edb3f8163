"""Approve a change by signing."""

from __future__ import annotations

from uuid import UUID

from shared.answers.changes import Decided
from shared.app.call import Call
from shared.app.training_follow_ups import settle_change
from shared.domain.changes import approvals, changes
from shared.domain.changes.proposals import Status
from shared.doors.http import command
from shared.queries.proposals import load_proposal_of_request, proposal_after
from shared.queries.shown_changes import show_decided


@command
def approve_request(call: Call, approval_request_id: UUID, challenge_id: UUID) -> Decided:
    """Sign to approve a change; the last signature needed lets all of it happen at once, or on its day.

    Refused where a record has changed since the submission.
    """
    proposal = load_proposal_of_request(call.tx, approval_request_id)
    request = call.match(approvals.request_of(proposal))
    step = approvals.verdict(proposal, call.member)
    signature = call.sign(
        challenge_id,
        (changes.WORKFLOW, step),
        proposal,
        approvals.signable(request),
        on_behalf_of=request.on_behalf_of(proposal, call.member),
    )
    outcome = approvals.approve(proposal, signature, by=call.member, at=call.now)
    call.record(outcome)
    after = proposal_after(call.tx, proposal, outcome)
    if step == "approve":
        settle_change(call, proposal, f"approval of {proposal.change.number}", waits=after.change.status == Status.APPROVED)
    return show_decided(call.tx, after, signature, call.member)
