"""The whole history of a record."""

from __future__ import annotations

from uuid import UUID

from shared.answers.versions import Material, history
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Limit
from shared.doors.http import query
from shared.queries.shown_records import read_history


@query(who=people.STAFF, after=history)
def get_record_history(call: Call, id: UUID, limit: Limit = 50, cursor: str | None = None) -> Material:
    """Show every version with its differences, signatures and notes; the first page also traces from event to trained person."""
    return read_history(call.tx, id, limit, cursor, call.member)
