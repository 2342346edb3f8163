"""The teams and their members."""

from __future__ import annotations

from typing import Annotated

from shared.answers.pages import Page
from shared.answers.people import Team
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Among, Limit
from shared.doors.http import query
from shared.queries import orders
from shared.queries.lists import teams_page


@query(who=people.MEMBER)
def list_teams(
    call: Call,
    closed: bool = False,
    sort: Annotated[str, Among(tuple(orders.TEAMS))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Team]:
    """List the organisation's teams with their leads and people, newest first; `closed` lists those that were closed instead."""
    return teams_page(call.tx, limit, cursor, closed=closed, sort=sort)
