"""One event."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import Record
from shared.app.call import Call
from shared.domain.events import events
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.shown_records import show_record


@query(who=people.STAFF)
def get_event(call: Call, id: UUID) -> Record:
    """Show an event: its content, risk, links, signatures, recurring events and open steps."""
    return show_record(call.tx, id, call.member, events.KIND.name)
