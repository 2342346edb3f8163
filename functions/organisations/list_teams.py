"""The teams and who is in them."""

from __future__ import annotations

from shared import people
from shared.io.body import Limit
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.answers import Page
from shared.io.shapes.people import Team


@query(who=people.MEMBER)
def list_teams(call: Call, limit: Limit = 50, cursor: str | None = None) -> Page[Team]:
    """List the organisation's teams, newest first."""
    return call.store.list_teams(limit, cursor)
