"""Discard a draft change."""

from __future__ import annotations

from uuid import UUID

from shared.answers.changes import AChange
from shared.app.call import Call
from shared.domain.changes import changes
from shared.domain.kernel.outcomes import Following, Outcome
from shared.doors.http import command
from shared.queries.proposals import drafted_elsewhere, load_proposal
from shared.queries.shown_changes import show_change


@command
def discard_change(call: Call, change_id: UUID) -> AChange:
    """Discard your draft change; records that existed only in it become void and keep their numbers."""
    proposal = load_proposal(call.tx, change_id)
    call.match(proposal.change)
    discarded, lonely = changes.discard(proposal, drafted_elsewhere(call.tx, change_id), by=call.member, at=call.now)
    follows = (Following("void", f"discarding of {discarded.number}", lonely),) if lonely else ()
    call.record(Outcome(saves=(discarded,), follows=follows))
    return {"change": show_change(call.tx, load_proposal(call.tx, change_id), call.member)}
