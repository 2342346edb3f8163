"""Cancel an event."""

from __future__ import annotations

from uuid import UUID

from shared import working
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ARecord


@command
def cancel_event(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Cancel an event that turned out to be none; it stays on record."""
    found = call.store.dossier(id, "event")
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "cancel", reason)
    call.record(working.take(found, "cancel", by=call.member, at=call.now))
    call.save(signature)
    return call.store.show_step(id, call.member)
