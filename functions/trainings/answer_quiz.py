"""Answer the quiz of a training."""

from __future__ import annotations

from uuid import UUID

from shared.answers import training_building
from shared.answers.trainings import AnAttempt
from shared.app.call import Call
from shared.domain.trainings import assignments
from shared.domain.trainings.quizzes import Answer
from shared.doors.http import command


@command
def answer_quiz(call: Call, assignment_id: UUID, answers: list[Answer]) -> AnAttempt:
    """End the open attempt; when the last one isn't passed, the assignment locks and QA is told."""
    found = call.store.assignment(assignment_id)
    call.match(found.assignment)
    told = call.store.quality_people()
    attempt, outcome = assignments.answer_quiz(found, answers, told, call.name, by=call.member, at=call.now)
    call.record(outcome)
    answered = call.store.assignment(assignment_id)
    return {"assignment": call.store.show_assignment(assignment_id, call.member), "attempt": training_building.attempt(answered, attempt)}
