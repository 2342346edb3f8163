"""Erase the contact data of a person who left."""

from __future__ import annotations

from uuid import UUID

from shared.answers import people as answers
from shared.answers.people import AnErasure
from shared.app.call import Call
from shared.domain.kernel.outcomes import saved
from shared.domain.people import erasures, people
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.erasures import erase_contact_data, load_erasure, reason_to_keep
from shared.queries.organisations import load_member


@command(who=people.ADMIN)
def erase_person(call: Call, person_id: UUID, challenge_id: UUID, basis: Reason) -> AnErasure:
    """Erase a deactivated member's contact data, signing the legal basis; printed names in signatures stay, as regulations require."""
    member = load_member(call.tx, person_id)
    erasures.refuse_erasure(call.organisation, load_erasure(call.tx, person_id))
    told = call.told(erasures.WORKFLOW["erase"])
    signature = call.sign(challenge_id, (erasures.WORKFLOW, "erase"), member, erasures.signable(member, told), basis)
    erasure = erasures.erase(member, basis, signature, by=call.member, at=call.now)
    reason_to_keep(call.tx, basis)
    call.save(signature, erasure)
    erase_contact_data(call.tx, person_id)
    return {"erasure": answers.erasure(saved(erasure))}
