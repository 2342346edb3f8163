"""Reopen an event."""

from __future__ import annotations

from uuid import UUID

from shared import working
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ARecord


@command
def reopen_event(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Reopen a closed event; it is triaged again and what was signed stays as it is."""
    found = call.store.dossier(id, "event")
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "reopen", reason)
    call.record(working.take(found, "reopen", by=call.member, at=call.now))
    call.save(signature)
    return call.store.show_step(id, call.member)
