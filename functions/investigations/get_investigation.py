"""One investigation."""

from __future__ import annotations

from uuid import UUID

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.records import Record


@query(who=people.STAFF)
def get_investigation(call: Call, id: UUID) -> Record:
    """Show an investigation: its trees of causes with their evidence, its events, signatures and what can be done."""
    return call.store.show(id, call.member, "investigation")
