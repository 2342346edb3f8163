"""Assess what somebody learnt."""

from __future__ import annotations

from uuid import UUID

from shared import answers, assignments
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.trainings import Signed
from shared.records import saved


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
    return {"assignment": shown, "signature": answers.signature(saved(signature), valid=True)}
