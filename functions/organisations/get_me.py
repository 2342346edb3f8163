"""The caller's own profile and memberships."""

from __future__ import annotations

from shared.answers import people as answers
from shared.answers.people import Person
from shared.app.call import Call
from shared.app.permissions import with_functions
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.directory import memberships


@query(who=people.ANYONE, organisation=False)
def get_me(call: Call) -> Person:
    """Show the signed-in person with their memberships."""
    return answers.person(call.person, with_functions(memberships(call.tx, call.person)))
