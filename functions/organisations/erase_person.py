"""Erase a person who left."""

from __future__ import annotations

from uuid import UUID

from shared.answers.building import thing
from shared.answers.people import AnErasure
from shared.app.call import Call
from shared.domain.kernel.outcomes import saved
from shared.domain.people import erasures, people
from shared.doors.body import Reason
from shared.doors.http import command


@command(who=people.ADMIN)
def erase_person(call: Call, person_id: UUID, challenge_id: UUID, basis: Reason) -> AnErasure:
    """Sign that a deactivated member's contact data are erased, on which basis; printed names in signatures stay, as the law asks."""
    member = call.store.member(person_id)
    erasures.judge(call.organisation, call.store.erasure(person_id))
    signature = call.sign(challenge_id, (erasures.WORKFLOW, "erase"), member, erasures.signable(member), basis)
    erasure = erasures.erase(member, basis, signature, by=call.member, at=call.now)
    call.store.because(basis)
    call.save(signature, erasure)
    call.store.erase(person_id)
    return {"erasure": thing(saved(erasure))}
