"""The approval requests."""

from __future__ import annotations

from typing import Annotated

from shared.answers.changes import ApprovalRequest
from shared.answers.pages import Page
from shared.app.call import Call
from shared.domain.changes.proposals import RequestStatus
from shared.domain.people import people
from shared.doors.body import Among, Limit
from shared.doors.http import query
from shared.queries import orders
from shared.queries.lists import requests_page


@query(who=people.STAFF)
def list_approval_requests(
    call: Call,
    state: Annotated[str, Among(tuple(RequestStatus))] | None = None,
    mine: bool = False,
    sort: Annotated[str, Among(tuple(orders.REQUESTS))] = "expiry",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[ApprovalRequest]:
    """List approval requests, the next to expire first and then those that are closed; `mine` keeps those that the caller can sign now."""
    return requests_page(call.tx, state, call.member if mine else None, limit, cursor, sort=sort)
