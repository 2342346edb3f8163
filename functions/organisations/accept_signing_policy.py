"""Accept the signing policy before your first signature."""

from __future__ import annotations

from shared.answers.people import AMember
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import command
from shared.queries.lists import show_member


@command(who=people.MEMBER)
def accept_signing_policy(call: Call) -> AMember:
    """Accept the organisation's accountability policy, once; your printed name is fixed from then on (21 CFR 11.10(j))."""
    if call.member.policy_accepted_at is None:
        call.save(people.accept_signing_policy(call.member, call.person, at=call.now))
    return {"member": show_member(call.tx, call.person.id)}
