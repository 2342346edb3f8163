"""Update the caller's own profile."""

from __future__ import annotations

from shared.answers import people as answers
from shared.answers.people import AMe
from shared.app.call import Call
from shared.app.permissions import with_functions
from shared.domain.kernel.values import OMITTED
from shared.domain.people import people
from shared.doors.body import Line, Name
from shared.doors.http import command
from shared.queries.directory import memberships, own_person


@command(who=people.ANYONE, organisation=False)
def update_me(
    call: Call,
    name: Name = OMITTED,
    language: str = OMITTED,
    time_zone: str = OMITTED,
    unsubscribed: list[Line] | None = OMITTED,
) -> AMe:
    """Change your name, language, time zone or optional mail; the printed names in your signatures stay."""
    own = call.match_if_sent(call.person)
    altered = people.with_profile(own, name=name, language=language, time_zone=time_zone, unsubscribed=unsubscribed, at=call.now)
    call.save(altered)
    person = own_person(call.tx, call.identity)
    return {"person": answers.person(person, with_functions(memberships(call.tx, person)))}
