"""The investigations."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from shared.answers.pages import Page
from shared.answers.records import Brief
from shared.app.call import Call
from shared.domain.events import investigations
from shared.domain.people import people
from shared.doors.body import Among, Limit
from shared.doors.http import query
from shared.queries.lists import records_page


@query(who=people.STAFF)
def list_investigations(
    call: Call,
    status: Annotated[str, Among(investigations.WORKFLOW.statuses)] | None = None,
    method: Annotated[str, Among(investigations.METHODS)] | None = None,
    team_id: UUID | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Brief]:
    """List investigations, newest first."""
    content = {"method": method}
    return records_page(call.tx, investigations.KIND.name, call.member, limit, cursor, status=status, team=team_id, content=content)
