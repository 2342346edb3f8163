"""Bind yourself to your electronic signature, once, before the first one."""

from __future__ import annotations

from shared.answers.people import AMember
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import command
from shared.queries.lists import show_member


@command(who=people.MEMBER)
def accept_signing_policy(call: Call) -> AMember:
    """Accept the organisation's accountability policy; your name is frozen as it will be printed (21 CFR 11.10(j)). Once is for ever."""
    if call.member.policy_accepted_at is None:
        call.save(people.accept_signing_policy(call.member, call.person, at=call.now))
    return {"member": show_member(call.tx, call.person.id)}
