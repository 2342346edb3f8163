"""Suspend the version in force."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.domain.documents import documents
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.dossiers import load_dossier
from shared.queries.shown_records import show_altered_record


@command
def suspend_document(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Suspend the version in force until a change lifts the suspension or retires the document."""
    found = load_dossier(call.tx, id, documents.KIND.name)
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "suspend", reason)
    call.record(documents.take(found, "suspend", by=call.member, at=call.now))
    call.save(signature)
    return show_altered_record(call.tx, id, call.member)
