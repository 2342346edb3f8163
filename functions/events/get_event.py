"""One event."""

from __future__ import annotations

from uuid import UUID

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.records import Record


@query(who=people.STAFF)
def get_event(call: Call, id: UUID) -> Record:
    """Show an event: its content, risk, links, signatures, events like it and what can be done."""
    return call.store.show(id, call.member, "event")
