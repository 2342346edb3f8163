"""What a member would leave behind."""

from __future__ import annotations

from uuid import UUID

from shared.answers.owned_work import OwnedWork
from shared.answers.pages import Page
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Limit
from shared.doors.http import query
from shared.queries.organisations import load_member
from shared.queries.owned_work import owned_work_page


@query(who=people.ADMIN)
def list_open_work(call: Call, person_id: UUID, limit: Limit = 50, cursor: str | None = None) -> Page[OwnedWork]:
    """List what a member owns or is planned for and somebody must go on with, before they leave; newest first."""
    member = load_member(call.tx, person_id)
    return owned_work_page(call.tx, member.person_id, limit, cursor)
