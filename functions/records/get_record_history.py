"""The whole history of a record."""

from __future__ import annotations

from uuid import UUID

from shared import people
from shared.io.body import Limit
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.answers import History


@query(who=people.STAFF)
def get_record_history(call: Call, id: UUID, limit: Limit = 50, cursor: str | None = None) -> History:
    """Show every version with what it altered, signatures and notes; on the first page also the trail from event to trained person."""
    history = call.store.history(id, limit, cursor, call.member)
    return {**history, "trail": None if cursor else call.store.trail(id)}
