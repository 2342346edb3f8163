"""Give a draft change up."""

from __future__ import annotations

from uuid import UUID

from shared.answers.pages import AChange
from shared.app.call import Call
from shared.domain.changes import changes
from shared.domain.kernel.outcomes import Following, Outcome
from shared.doors.http import command


@command
def discard_change(call: Call, change_id: UUID) -> AChange:
    """Discard your draft; records that existed only for it become void, their numbers stay listed."""
    proposal = call.store.proposal(change_id)
    call.match(proposal.change)
    discarded, lonely = changes.discard(proposal, call.store.drafted_elsewhere(change_id), by=call.member, at=call.now)
    follows = (Following("void", f"discarding of {discarded.number}", lonely),) if lonely else ()
    call.record(Outcome(saves=(discarded,), follows=follows))
    return {"change": call.store.show_change(call.store.proposal(change_id), call.member)}
