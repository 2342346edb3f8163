"""Move an approved change to another day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.answers.changes import AChange
from shared.app.call import Call
from shared.domain.changes import applying, changes
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.proposals import load_proposal
from shared.queries.shown_changes import show_change


@command
def move_effective_date(call: Call, change_id: UUID, effective_on: date, reason: Reason, challenge_id: UUID) -> AChange:
    """Move the day of an approved change, for all of it: today or later. What waits for that day takes effect then."""
    proposal = load_proposal(call.tx, change_id)
    call.match(proposal.change)
    row = changes.WORKFLOW.permit("move_date", proposal, call.member)
    signature = call.sign(
        challenge_id, (changes.WORKFLOW, row.name), proposal, applying.signable(proposal, row.name, call.told(row)), reason
    )
    call.record(applying.move(proposal, signature, effective_on, by=call.member, at=call.now))
    return {"change": show_change(call.tx, load_proposal(call.tx, change_id), call.member)}
