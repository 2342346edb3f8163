"""Withdraw a change from approval."""

from __future__ import annotations

from uuid import UUID

from shared.answers.changes import AChange
from shared.app.call import Call
from shared.domain.changes import approvals
from shared.doors.http import command
from shared.queries.proposals import load_proposal
from shared.queries.shown_changes import show_change


@command
def withdraw_change(call: Call, change_id: UUID) -> AChange:
    """Withdraw your change before the decision; it returns to draft and the round stays on record."""
    proposal = load_proposal(call.tx, change_id)
    call.match(proposal.change)
    call.record(approvals.withdraw(proposal, by=call.member, at=call.now))
    return {"change": show_change(call.tx, load_proposal(call.tx, change_id), call.member)}
