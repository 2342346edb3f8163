"""Reopen an event."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.domain.events import events
from shared.domain.records import working_content
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.dossiers import load_dossier
from shared.queries.shown_records import show_altered_record


@command
def reopen_event(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Reopen a closed event; it returns to triaged, and signed versions stay unaltered."""
    found = load_dossier(call.tx, id, events.KIND.name)
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "reopen", reason)
    call.record(working_content.take(found, "reopen", by=call.member, at=call.now))
    call.save(signature)
    return show_altered_record(call.tx, id, call.member)
