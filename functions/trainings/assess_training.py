"""Assess a learner."""

from __future__ import annotations

from uuid import UUID

from shared.answers import signatures
from shared.answers.trainings import Signed
from shared.app.call import Call
from shared.domain.kernel.outcomes import saved
from shared.domain.trainings import assignments
from shared.doors.http import command
from shared.queries.assignments import load_assignment, show_assignment, signable_assignment


@command
def assess_training(call: Call, assignment_id: UUID, challenge_id: UUID) -> Signed:
    """Sign as the trainer that the learner is competent; the learner signs first."""
    found = load_assignment(call.tx, assignment_id)
    call.match(found.assignment)
    step = "assess"
    signature = call.sign(challenge_id, (assignments.WORKFLOW, step), found, signable_assignment(found))
    call.record(assignments.assess(found, today=call.today, by=call.member, at=call.now))
    call.save(signature)
    shown = show_assignment(call.tx, assignment_id, call.member)
    return {"assignment": shown, "signature": signatures.signature(saved(signature), valid=True)}
