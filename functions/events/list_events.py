"""The events."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.answers.pages import Page
from shared.answers.records import EventBrief
from shared.app.call import Call
from shared.domain.events import events
from shared.domain.people import people
from shared.doors.body import Among, AnyOf, Limit, Name
from shared.doors.http import query
from shared.queries.lists import events_page


@query(who=people.STAFF)
def list_events(
    call: Call,
    status: Annotated[list[str], AnyOf(events.WORKFLOW.statuses)] | None = None,
    type: str | None = None,
    severity: Annotated[str, Among(events.SEVERITIES)] | None = None,
    place: Name | None = None,
    product: Name | None = None,
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
    updated_since: datetime | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[EventBrief]:
    """List events, newest first; filter by type, place and product together to see recurrences."""
    of_type = events.type_named(type) if type else None
    content = {"severity": severity, "place": place, "product": product}
    filters = {"status": status, "owner": owner_id, "team": team_id, "updated_since": updated_since}
    return events_page(call.tx, call.member, limit, cursor, **filters, type=of_type, content=content)
