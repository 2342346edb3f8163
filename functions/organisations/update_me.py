"""My own name, language and time zone."""

from __future__ import annotations

from shared import answers, people
from shared.io.body import Name
from shared.io.call import Call
from shared.io.directory import memberships, own_person
from shared.io.http import command
from shared.io.shapes.answers import AMe


@command(who=people.ANYONE, organisation=False)
def update_me(call: Call, name: Name | None = None, language: str | None = None, time_zone: str | None = None) -> AMe:
    """Change the signed-in person's own name, language or time zone; printed names in memberships that signed stay."""
    call.save(people.named(call.person, name=name, language=language, time_zone=time_zone, at=call.now))
    person = own_person(call.tx, call.identity)
    return {"person": answers.thing(person, memberships=memberships(call.tx, person))}
