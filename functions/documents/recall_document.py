"""Take back an approved version before it takes effect."""

from __future__ import annotations

from uuid import UUID

from shared import documents
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ADocument


@command
def recall_document(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ADocument:
    """Recall the approved version that waits for its date; it never takes effect."""
    document = call.store.document(id)
    call.match(document.record)
    step, subject = (documents.WORKFLOW, "recall"), documents.subject(document, "recall")
    documents.WORKFLOW.take("recall", subject, call.actor)
    signature = call.sign(challenge_id, step, subject, call.store.signable_document(document, "recall"), reason)
    call.record(documents.recall(document, by=call.member, at=call.now))
    call.save(signature)
    return {"document": call.store.show_document(id, call.member)}
