"""One change."""

from __future__ import annotations

from uuid import UUID

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.records import Change


@query(who=people.STAFF)
def get_change(call: Call, id: UUID) -> Change:
    """Show a change: its items with the diff of each, what it has an impact on, comments, follow-ups, rounds, signatures and open steps."""
    return call.store.show_change(call.store.proposal(id), call.member, assess=True)
