"""What a person was told."""

from __future__ import annotations

from shared.answers.notices import Notices
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Limit
from shared.doors.http import query
from shared.queries.notices import show_notices


@query(who=people.MEMBER)
def get_my_notices(call: Call, unread: bool = False, limit: Limit = 50, cursor: str | None = None) -> Notices:
    """Show what the caller was told in this organisation, newest first, in their language; `unread`: only what they haven't read."""
    return show_notices(call.tx, call.person, unread=unread, limit=limit, cursor=cursor)
