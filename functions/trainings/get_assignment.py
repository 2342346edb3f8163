"""One training assignment."""

from __future__ import annotations

from uuid import UUID

from shared.answers.trainings import Assignment
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.assignments import show_assignment


@query(who=people.READERS)
def get_assignment(call: Call, id: UUID) -> Assignment:
    """Show an assignment: what to learn from, how far the quiz is, who signed, and what can be done."""
    return show_assignment(call.tx, id, call.member)
