"""The changes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from shared.answers.changes import ChangeBrief
from shared.answers.pages import Page
from shared.app.call import Call
from shared.domain.changes import changes
from shared.domain.people import people
from shared.doors.body import Among, AnyOf, Limit
from shared.doors.http import query
from shared.queries import orders
from shared.queries.lists import changes_page


@query(who=people.STAFF)
def list_changes(
    call: Call,
    status: Annotated[list[str], AnyOf(changes.WORKFLOW.statuses)] | None = None,
    record_id: UUID | None = None,
    mine: bool = False,
    sort: Annotated[str, Among(tuple(orders.CHANGES))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[ChangeBrief]:
    """List changes, newest first; `mine` keeps those that the caller owns."""
    filters = {"status": status, "record": record_id, "owner": call.person.id if mine else None}
    return changes_page(call.tx, filters, limit, cursor, sort=sort)
