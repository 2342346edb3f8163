"""Who I am, and which organisations I belong to."""

from __future__ import annotations

from shared import answers, people
from shared.io.call import Call
from shared.io.directory import memberships
from shared.io.http import query
from shared.io.shapes.people import Person


@query(who=people.ANYONE, organisation=False)
def get_me(call: Call) -> Person:
    """Show the signed-in person with their memberships."""
    return answers.thing(call.person, memberships=memberships(call.tx, call.person))
