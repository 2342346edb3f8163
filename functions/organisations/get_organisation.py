"""The organisation and its settings."""

from __future__ import annotations

from shared import answers, people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.people import Organisation


@query(who=people.MEMBER)
def get_organisation(call: Call) -> Organisation:
    """Show the organisation: name, time zone, language, approval policy, signing policy."""
    return answers.organisation(call.organisation)
