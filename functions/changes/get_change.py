"""One change."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import Change
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query


@query(who=people.STAFF)
def get_change(call: Call, id: UUID) -> Change:
    """Show a change: its items with the diff of each, what it has an impact on, comments, follow-ups, rounds, signatures and open steps."""
    return call.store.show_change(call.store.proposal(id), call.member, assess=True)
