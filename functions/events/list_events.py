"""The events."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from shared.answers.pages import Page
from shared.answers.records import EventBrief
from shared.app.call import Call
from shared.domain.events import events, reporting
from shared.domain.events.event_types import SEVERITIES
from shared.domain.people import people
from shared.doors.body import Among, AnyOf, Limit, Name
from shared.doors.http import query
from shared.queries import orders
from shared.queries.event_lists import events_page


@query(who=people.STAFF)
def list_events(
    call: Call,
    status: Annotated[list[str], AnyOf(events.WORKFLOW.statuses)] | None = None,
    type: str | None = None,
    severity: Annotated[str, Among(SEVERITIES)] | None = None,
    batch: Name | None = None,
    serial: Name | None = None,
    udi: Name | None = None,
    product: Name | None = None,
    place: Name | None = None,
    supplier: Name | None = None,
    customer: Name | None = None,
    reportable: Annotated[str, Among(reporting.DECISIONS)] | None = None,
    overdue: bool | None = None,
    occurred_from: date | None = None,
    occurred_to: date | None = None,
    reported_from: date | None = None,
    reported_to: date | None = None,
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
    updated_since: datetime | None = None,
    sort: Annotated[str, Among(tuple(orders.RECORDS))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[EventBrief]:
    """List events, newest first; filter by type, place and product together to see recurrences.

    Names are compared without case, accents, spaces and signs, and any name that an entry of a register has or had means the same.
    """
    of_type = events.type_named(type) if type else None
    about = {"batch": batch, "serial": serial, "udi": udi, "product": product, "place": place, "supplier": supplier, "customer": customer}
    filters: dict[str, Any] = {"status": status, "owner": owner_id, "team": team_id, "updated_since": updated_since, "type": of_type}
    filters |= {"content": {"severity": severity, **about}, "reportable": reportable, "overdue": overdue}
    filters |= {"occurred": (occurred_from, occurred_to), "reported": (reported_from, reported_to)}
    return events_page(call.tx, call.member, limit, cursor, **filters, sort=sort)
