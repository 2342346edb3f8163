"""Give somebody another go at a quiz."""

from __future__ import annotations

from uuid import UUID

from shared.answers.trainings import AnAssignment
from shared.app.call import Call
from shared.domain.trainings import assignments
from shared.doors.http import command


@command
def reassign_training(call: Call, assignment_id: UUID) -> AnAssignment:
    """Open a locked assignment again, with all its attempts; never one's own."""
    found = call.store.assignment(assignment_id)
    call.match(found.assignment)
    call.record(assignments.reassign(found, by=call.member, at=call.now))
    return {"assignment": call.store.show_assignment(assignment_id, call.member)}
