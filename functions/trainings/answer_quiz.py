"""Answer the quiz of a training."""

from __future__ import annotations

from uuid import UUID

from shared import assignments, training_answers
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.trainings import AnAttempt
from shared.quizzes import Answer


@command
def answer_quiz(call: Call, assignment_id: UUID, answers: list[Answer]) -> AnAttempt:
    """End the open attempt; when the last one isn't passed, the assignment locks and QA is told."""
    found = call.store.assignment(assignment_id)
    call.match(found.assignment)
    told = call.store.quality_people()
    attempt, outcome = assignments.answer_quiz(found, answers, told, call.name, by=call.member, at=call.now)
    call.record(outcome)
    answered = call.store.assignment(assignment_id)
    return {"assignment": call.store.show_assignment(assignment_id, call.member), "attempt": training_answers.attempt(answered, attempt)}
