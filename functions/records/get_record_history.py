"""The whole history of a record."""

from __future__ import annotations

from uuid import UUID

from shared.answers.versions import History
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Limit
from shared.doors.http import query
from shared.queries.links import show_link_trail
from shared.queries.shown_records import show_history


@query(who=people.STAFF)
def get_record_history(call: Call, id: UUID, limit: Limit = 50, cursor: str | None = None) -> History:
    """Show every version with its differences, signatures and notes; the first page also traces from event to trained person."""
    history = show_history(call.tx, id, limit, cursor, call.member)
    return {**history, "trail": None if cursor else show_link_trail(call.tx, id)}
