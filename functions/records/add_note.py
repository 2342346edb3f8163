"""Append a note to a record."""

from __future__ import annotations

from uuid import UUID

from shared.answers.pages import ARecord
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.records import records
from shared.doors.body import Reason
from shared.doors.http import command


@command(who=people.ACTION_OWNERS)
def add_note(call: Call, id: UUID, text: Reason, file_ids: list[UUID] = ()) -> ARecord:
    """Append words and evidence to a record in any state; signed content stays as it is."""
    found = call.store.dossier(id)
    call.match(found.record)
    call.store.finished_files(file_ids, "file_ids")
    call.record(records.note(found.record, text, file_ids, by=call.member, at=call.now))
    return call.store.show_step(id, call.member)
