"""Append a note to a record."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.records import records
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.dossiers import load_dossier
from shared.queries.files import load_finished_files
from shared.queries.shown_records import show_altered_record


@command(who=people.ACTION_OWNERS)
def add_note(call: Call, id: UUID, text: Reason, file_ids: list[UUID] = []) -> ARecord:
    """Append a note with evidence to a record in any status; signed content stays unaltered."""
    found = load_dossier(call.tx, id)
    call.match(found.record)
    load_finished_files(call.tx, file_ids, "file_ids")
    call.record(records.note(found.record, text, file_ids, by=call.member, at=call.now))
    return show_altered_record(call.tx, id, call.member)
