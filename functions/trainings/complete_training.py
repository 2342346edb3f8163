"""Sign that a training was read and understood."""

from __future__ import annotations

from uuid import UUID

from shared import answers, assignments
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.trainings import Signed
from shared.records import saved


@command
def complete_training(call: Call, assignment_id: UUID, challenge_id: UUID) -> Signed:
    """Sign "read and understood"; where a trainer assesses the training, it waits for their signature then."""
    found = call.store.assignment(assignment_id)
    call.match(found.assignment)
    step = assignments.step_of_learner(found)
    signature = call.sign(challenge_id, (assignments.WORKFLOW, step), found, call.store.signable_assignment(found))
    call.record(assignments.complete(found, today=call.today, by=call.member, at=call.now))
    call.save(signature)
    shown = call.store.show_assignment(assignment_id, call.member)
    return {"assignment": shown, "signature": answers.signature(saved(signature), valid=True)}
