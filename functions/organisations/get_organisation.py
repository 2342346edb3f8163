"""The organisation and its settings."""

from __future__ import annotations

from shared.answers import people as answers
from shared.answers.people import Organisation
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query


@query(who=people.MEMBER)
def get_organisation(call: Call) -> Organisation:
    """Show the organisation: name, time zone, language, approval policy, signing policy."""
    return answers.organisation(call.organisation)
