"""Answer the quiz of a training."""

from __future__ import annotations

from uuid import UUID

from shared.answers import trainings
from shared.answers.trainings import AnAttempt
from shared.app.call import Call
from shared.domain.trainings import assignments
from shared.domain.trainings.quizzes import Answer
from shared.doors.http import command
from shared.queries.assignments import load_assignment, show_assignment
from shared.queries.audiences import quality_people


@command
def answer_quiz(call: Call, assignment_id: UUID, answers: list[Answer]) -> AnAttempt:
    """Submit the answers of the open attempt; failing the last attempt locks the assignment and notifies QA."""
    found = load_assignment(call.tx, assignment_id)
    call.match(found.assignment)
    told = quality_people(call.tx)
    attempt, outcome = assignments.answer_quiz(found, answers, told, call.name, by=call.member, at=call.now)
    call.record(outcome)
    answered = load_assignment(call.tx, assignment_id)
    return {"assignment": show_assignment(call.tx, assignment_id, call.member), "attempt": trainings.attempt(answered, attempt)}
