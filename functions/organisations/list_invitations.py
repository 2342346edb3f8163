"""The invitations and what became of them."""

from __future__ import annotations

from typing import Literal

from shared import people
from shared.io.body import Limit
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.answers import Page
from shared.io.shapes.people import ListedInvitation


@query(who=people.ADMIN)
def list_invitations(
    call: Call, status: Literal["open", "accepted", "revoked"] | None = None, limit: Limit = 50, cursor: str | None = None
) -> Page[ListedInvitation]:
    """List invitations, newest first, with why mail to the invited isn't sent any more; never their tokens."""
    return call.store.list_invitations(status, limit, cursor)
