"""Start the quiz of a training."""

from __future__ import annotations

from uuid import UUID

from shared.answers import trainings
from shared.answers.trainings import AnAttempt
from shared.app.call import Call
from shared.domain.trainings import assignments
from shared.doors.http import command
from shared.queries.assignments import load_assignment, show_assignment


@command
def start_quiz(call: Call, assignment_id: UUID) -> AnAttempt:
    """Start an attempt with the questions in random order, or return the attempt that is still open."""
    found = load_assignment(call.tx, assignment_id)
    call.match(found.assignment)
    attempt, outcome = assignments.start_quiz(found, by=call.member, at=call.now)
    call.record(outcome)
    return {"assignment": show_assignment(call.tx, assignment_id, call.member), "attempt": trainings.attempt(found, attempt)}
