"""Who I am, and which organisations I belong to."""

from __future__ import annotations

from shared.answers import building
from shared.answers.people import Person
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.directory import memberships


@query(who=people.ANYONE, organisation=False)
def get_me(call: Call) -> Person:
    """Show the signed-in person with their memberships."""
    return building.thing(call.person, memberships=memberships(call.tx, call.person))
