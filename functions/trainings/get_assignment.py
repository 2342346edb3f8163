"""One training assignment."""

from __future__ import annotations

from uuid import UUID

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.trainings import Assignment


@query(who=people.READERS)
def get_assignment(call: Call, id: UUID) -> Assignment:
    """Show an assignment: what to learn from, how far the quiz is, who signed, and what can be done."""
    return call.store.show_assignment(id, call.member)
