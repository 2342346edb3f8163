"""Mark notices as read."""

from __future__ import annotations

from uuid import UUID

from shared.answers.notices import Unread
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import command
from shared.queries.notices import mark_read


@command(who=people.MEMBER)
def mark_notices_read(call: Call, notice_ids: list[UUID] | None = None) -> Unread:
    """Mark these notices of the caller as read, or all of them where none are named."""
    return mark_read(call.tx, call.person, notice_ids)
