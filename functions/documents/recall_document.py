"""Recall an approved version before it takes effect."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.app.training_follow_ups import settle_records
from shared.domain.changes import applying
from shared.domain.documents import documents
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.dossiers import load_dossier
from shared.queries.proposals import load_proposal
from shared.queries.shown_records import show_altered_record


@command
def recall_document(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Recall the approved version whose effective date lies ahead; it never takes effect."""
    found = load_dossier(call.tx, id, documents.KIND.name)
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "recall", reason)
    call.record(documents.take(found, "recall", by=call.member, at=call.now))
    call.save(signature)
    if found.waiting is not None and found.waiting.change_id is not None:
        call.record(applying.without(load_proposal(call.tx, found.waiting.change_id), id, at=call.now))
    settle_records(call, [id], [id], f"recall of {found.record.number}")
    return show_altered_record(call.tx, id, call.member)
