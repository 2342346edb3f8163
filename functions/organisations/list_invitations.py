"""The invitations."""

from __future__ import annotations

from typing import Annotated

from shared.answers.invitations import ListedInvitation
from shared.answers.pages import Page
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.people.invitations import InvitationStatus
from shared.doors.body import Among, Limit
from shared.doors.http import query
from shared.queries import orders
from shared.queries.lists import invitations_page


@query(who=people.ADMIN)
def list_invitations(
    call: Call,
    status: Annotated[str, Among(tuple(InvitationStatus))] | None = None,
    sort: Annotated[str, Among(tuple(orders.INVITATIONS))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[ListedInvitation]:
    """List invitations, newest first, with the reason where mail to the address stopped; tokens never show."""
    return invitations_page(call.tx, call.member, status, limit, cursor, sort=sort)
