"""The events."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from shared.answers.pages import Page
from shared.answers.records import Brief
from shared.app.call import Call
from shared.domain.events import events
from shared.domain.people import people
from shared.doors.body import Among, Limit, Name
from shared.doors.http import query
from shared.queries.lists import records_page


@query(who=people.STAFF)
def list_events(
    call: Call,
    status: Annotated[str, Among(events.WORKFLOW.statuses)] | None = None,
    type: str | None = None,
    severity: Annotated[str, Among(events.SEVERITIES)] | None = None,
    place: Name | None = None,
    product: Name | None = None,
    team_id: UUID | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Brief]:
    """List events, newest first; filter by type, place and product together to see recurrences."""
    of_type = events.type_named(type) if type else None
    content = {"severity": severity, "place": place, "product": product}
    return records_page(call.tx, events.KIND.name, call.member, limit, cursor, status=status, type=of_type, team=team_id, content=content)
