"""Give somebody another go at a quiz."""

from __future__ import annotations

from uuid import UUID

from shared import assignments
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.trainings import AnAssignment


@command
def reassign_training(call: Call, assignment_id: UUID) -> AnAssignment:
    """Open a locked assignment again, with all its attempts; never one's own."""
    found = call.store.assignment(assignment_id)
    call.match(found.assignment)
    call.record(assignments.reassign(found, by=call.member, at=call.now))
    return {"assignment": call.store.show_assignment(assignment_id, call.member)}
