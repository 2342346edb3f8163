"""One change."""

from __future__ import annotations

from uuid import UUID

from shared.answers.changes import Material, change
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.proposals import load_proposal
from shared.queries.shown_changes import read_change


@query(who=people.STAFF, after=change)
def get_change(call: Call, id: UUID) -> Material:
    """Show a change: its items with their differences, impact assessment, comments, follow-ups, rounds, signatures and open steps."""
    return read_change(call.tx, load_proposal(call.tx, id), call.member, assess=True)
