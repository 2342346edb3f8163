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
    """Show an assignment: its material, the state of its quiz, signatures and open steps."""
    return show_assignment(call.tx, id, call.member)
