"""Assess what somebody learnt."""

from __future__ import annotations

from uuid import UUID

from shared.answers import building
from shared.answers.trainings import Signed
from shared.app.call import Call
from shared.domain.kernel.outcomes import saved
from shared.domain.trainings import assignments
from shared.doors.http import command


@command
def assess_training(call: Call, assignment_id: UUID, challenge_id: UUID) -> Signed:
    """Sign as the trainer that the learner, who signed before, can do what was trained."""
    found = call.store.assignment(assignment_id)
    call.match(found.assignment)
    step = "assess"
    signature = call.sign(challenge_id, (assignments.WORKFLOW, step), found, call.store.signable_assignment(found))
    call.record(assignments.assess(found, today=call.today, by=call.member, at=call.now))
    call.save(signature)
    shown = call.store.show_assignment(assignment_id, call.member)
    return {"assignment": shown, "signature": building.signature(saved(signature), valid=True)}
