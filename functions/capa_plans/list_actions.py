"""The actions of CAPA plans and changes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from shared.answers.actions import Action
from shared.answers.pages import Page
from shared.app.call import Call
from shared.domain.capa import actions
from shared.domain.people import people
from shared.doors.body import Among, Limit
from shared.doors.http import query
from shared.queries import orders
from shared.queries.owed_lists import actions_page


@query(who=people.STAFF)
def list_actions(
    call: Call,
    owner: UUID | None = None,
    state: Annotated[str, Among(actions.WORKFLOW.statuses)] | None = None,
    overdue: bool | None = None,
    sort: Annotated[str, Among(tuple(orders.ACTIONS))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Action]:
    """List actions of CAPA plans and changes, newest first. Overdue means open after the due date; what is done waits for QA."""
    return actions_page(call.tx, call.member, {"owner": owner, "state": state, "late": overdue}, limit, cursor, sort=sort)
