"""Put the version in force out of use."""

from __future__ import annotations

from uuid import UUID

from shared import documents
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ADocument


@command
def suspend_document(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ADocument:
    """Suspend the version in force until a change lifts the suspension or retires the document."""
    document = call.store.document(id)
    call.match(document.record)
    step, subject = (documents.WORKFLOW, "suspend"), documents.subject(document, "suspend")
    documents.WORKFLOW.take("suspend", subject, call.actor)
    signature = call.sign(challenge_id, step, subject, call.store.signable_document(document, "suspend"), reason)
    call.record(documents.suspend(document, by=call.member, at=call.now))
    call.save(signature)
    return {"document": call.store.show_document(id, call.member)}
