"""The teams and who is in them."""

from __future__ import annotations

from shared.answers.pages import Page
from shared.answers.people import Team
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Limit
from shared.doors.http import query


@query(who=people.MEMBER)
def list_teams(call: Call, limit: Limit = 50, cursor: str | None = None) -> Page[Team]:
    """List the organisation's teams, newest first."""
    return call.store.list_teams(limit, cursor)
