"""Erase a person who left."""

from __future__ import annotations

from uuid import UUID

from shared import erasures, people
from shared.answers import thing
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.people import AnErasure
from shared.records import saved


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
