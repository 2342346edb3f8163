"""Bind yourself to your electronic signature, once, before the first one."""

from __future__ import annotations

from shared import answers, people
from shared.io.call import Call
from shared.io.http import Answer, command


@command(who=people.MEMBER)
def accept_signing_policy(call: Call) -> Answer:
    """Accept the organisation's accountability policy; your name is frozen as it will be printed (21 CFR 11.10(j))."""
    call.save(people.accept_signing_policy(call.member, call.person, at=call.now))
    return {"member": answers.thing(call.store.member(call.person.id), id=str(call.person.id))}
