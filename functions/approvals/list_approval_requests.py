"""The approval requests."""

from __future__ import annotations

from typing import Literal

from shared import people
from shared.io.body import Limit
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.answers import Page
from shared.io.shapes.records import ApprovalRequest


@query(who=people.STAFF)
def list_approval_requests(
    call: Call,
    state: Literal["open", "approved", "rejected", "withdrawn", "lapsed"] | None = None,
    mine: bool = False,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[ApprovalRequest]:
    """List approval requests, newest first; `mine` are those that the caller could sign now."""
    return call.store.list_requests(state, call.member if mine else None, limit, cursor)
