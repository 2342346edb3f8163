"""Put the version in force out of use."""

from __future__ import annotations

from uuid import UUID

from shared import documents
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ARecord


@command
def suspend_document(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Suspend the version in force until a change lifts the suspension or retires the document."""
    found = call.store.dossier(id, "document")
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "suspend", reason)
    call.record(documents.suspend(found, by=call.member, at=call.now))
    call.save(signature)
    return call.store.show_step(id, call.member)
