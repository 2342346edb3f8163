"""The investigations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.answers.pages import Page
from shared.answers.records import Brief
from shared.app.call import Call
from shared.domain.events import investigations
from shared.domain.people import people
from shared.doors.body import Among, AnyOf, Limit
from shared.doors.http import query
from shared.queries import orders
from shared.queries.lists import briefs_page


@query(who=people.STAFF)
def list_investigations(
    call: Call,
    status: Annotated[list[str], AnyOf(investigations.WORKFLOW.statuses)] | None = None,
    method: Annotated[str, Among(investigations.METHODS)] | None = None,
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
    updated_since: datetime | None = None,
    sort: Annotated[str, Among(tuple(orders.RECORDS))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Brief]:
    """List investigations, newest first."""
    content = {"method": method}
    filters = {"status": status, "owner": owner_id, "team": team_id, "updated_since": updated_since}
    return briefs_page(call.tx, investigations.KIND.name, call.member, limit, cursor, **filters, content=content, sort=sort)
