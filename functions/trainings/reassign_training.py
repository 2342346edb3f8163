"""Unlock an assignment after failed quiz attempts."""

from __future__ import annotations

from uuid import UUID

from shared.answers.trainings import AnAssignment
from shared.app.call import Call
from shared.domain.trainings import assignments
from shared.doors.http import command
from shared.queries.assignments import load_assignment, show_assignment


@command
def reassign_training(call: Call, assignment_id: UUID) -> AnAssignment:
    """Reopen a locked assignment with all quiz attempts available again; nobody reopens their own."""
    found = load_assignment(call.tx, assignment_id)
    call.match(found.assignment)
    call.record(assignments.reassign(found, by=call.member, at=call.now))
    return {"assignment": show_assignment(call.tx, assignment_id, call.member)}
