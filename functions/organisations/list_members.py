"""The members of the organisation."""

from __future__ import annotations

from typing import Annotated

from shared.answers.pages import Page
from shared.answers.people import ListedMember
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.people.people import MemberStatus
from shared.doors.body import Among, Limit, Name
from shared.doors.http import query
from shared.queries import orders
from shared.queries.lists import members_page


@query(who=people.MEMBER)
def list_members(
    call: Call,
    status: Annotated[str, Among(tuple(MemberStatus))] | None = None,
    q: Name | None = None,
    sort: Annotated[str, Among(tuple(orders.MEMBERS))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[ListedMember]:
    """List members with their roles, newest first, deactivated ones included; `q` is a part of the name, with or without accents.

    Admins also see each member's address, and why mail to it stopped; others see their own address only.
    """
    return members_page(call.tx, call.member, status, q, limit, cursor, sort=sort)
