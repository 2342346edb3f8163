"""Take back an approved version before it takes effect."""

from __future__ import annotations

from uuid import UUID

from shared import documents
from shared.io.assigning import settle_records
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ARecord


@command
def recall_document(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Recall the approved version that waits for its date; it never takes effect."""
    found = call.store.dossier(id, "document")
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "recall", reason)
    call.record(documents.recall(found, by=call.member, at=call.now))
    call.save(signature)
    settle_records(call, [id], [id], f"recall of {found.record.number}")
    return call.store.show_step(id, call.member)
