"""Correct the type of an event."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.domain.events import events, triage
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.dossiers import load_dossier
from shared.queries.shown_records import show_altered_record


@command
def correct_event_type(call: Call, id: UUID, challenge_id: UUID, type: str, reason: Reason) -> ARecord:
    """Sign that an event is of another type; its number and everything written of it stay."""
    of_type = events.type_named(type)
    found = load_dossier(call.tx, id, events.KIND.name)
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "correct_type", reason)
    call.record(triage.correct_type(found, of_type, by=call.member, at=call.now))
    call.save(signature)
    return show_altered_record(call.tx, id, call.member)
