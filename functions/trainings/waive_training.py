"""Waive a training for a person."""

from __future__ import annotations

from uuid import UUID

from shared.answers import signatures
from shared.answers.trainings import Signed
from shared.app.call import Call
from shared.domain.kernel.outcomes import saved
from shared.domain.trainings import assignments
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.assignments import load_assignment, show_assignment, signable_assignment


@command
def waive_training(call: Call, assignment_id: UUID, challenge_id: UUID, reason: Reason) -> Signed:
    """Sign that a person is exempt from this training, and why; nobody waives their own."""
    found = load_assignment(call.tx, assignment_id)
    call.match(found.assignment)
    signature = call.sign(challenge_id, (assignments.WORKFLOW, "waive"), found, signable_assignment(found), reason)
    call.record(assignments.waive(found, by=call.member, at=call.now))
    call.save(signature)
    shown = show_assignment(call.tx, assignment_id, call.member)
    return {"assignment": shown, "signature": signatures.signature(saved(signature), valid=True)}
