"""Accept the signing policy before your first signature."""

from __future__ import annotations

from shared.answers.people import AMember
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import command
from shared.queries.lists import show_member
from shared.queries.organisations import hold_printed_names


@command(who=people.MEMBER)
def accept_signing_policy(call: Call) -> AMember:
    """Accept the organisation's accountability policy, once; your printed name is fixed from then on (21 CFR 11.10(j))."""
    if call.member.policy_accepted_at is None:
        others = hold_printed_names(call.tx, call.person.id)
        call.save(people.accept_signing_policy(call.member, call.person, others, at=call.now))
    return {"member": show_member(call.tx, call.person.id)}
