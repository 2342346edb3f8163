"""The documents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.answers.pages import Page
from shared.answers.record_lists import DocumentBrief
from shared.app.call import Call
from shared.domain.documents import documents
from shared.domain.people import people
from shared.doors.body import Among, AnyOf, Limit, Name
from shared.doors.http import query
from shared.queries import orders
from shared.queries.record_lists import documents_page

Shown = Annotated[list[str], AnyOf(documents.WORKFLOW.statuses)]


@query(who=people.READERS)
def list_documents(
    call: Call,
    status: Shown | None = None,
    type: str | None = None,
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
    updated_since: datetime | None = None,
    q: Name | None = None,
    on: date | None = None,
    sort: Annotated[str, Among(tuple(orders.RECORDS))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[DocumentBrief]:
    """List documents, newest first; `q` searches title and text as search_records does. A reader sees only those in force.

    `on` lists what was in force at the end of that day, in the organisation's time zone: each document with its version of then.
    """
    of_type = documents.type_named(type) if type else None
    filters = {"status": status, "owner": owner_id, "team": team_id, "updated_since": updated_since, "on": on}
    return documents_page(call.tx, call.member, limit, cursor, **filters, type=of_type, q=q, sort=sort)
