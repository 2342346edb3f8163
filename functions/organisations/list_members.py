"""The members of the organisation."""

from __future__ import annotations

from typing import Literal

from shared import people
from shared.io.body import Limit
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.answers import Page
from shared.io.shapes.people import ListedMember


@query(who=people.MEMBER)
def list_members(
    call: Call, status: Literal["active", "deactivated"] | None = None, limit: Limit = 50, cursor: str | None = None
) -> Page[ListedMember]:
    """List members with their roles, the newest person first; deactivated ones stay listed. Admins see who can't be mailed, and why."""
    return call.store.list_members(status, limit, cursor, problems=call.member.admin)
