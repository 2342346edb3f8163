"""The work list."""

from __future__ import annotations

from typing import Annotated

from shared.answers.worklist import Worklist
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.waiting.waits import BY_NAME
from shared.doors.body import Among, Limit
from shared.doors.http import query
from shared.queries.worklist import Scope, show_worklist


@query
def get_worklist(
    call: Call,
    scope: Annotated[str, Among(tuple(Scope))] = "mine",
    what: Annotated[str, Among(tuple(BY_NAME))] | None = None,
    overdue: bool = False,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Worklist:
    """Show what waits, the most urgent first: for the caller, for their teams, or to the staff and the admins for everybody."""
    asked = Scope(scope)
    if asked is Scope.ALL:
        people.VERIFIERS.refuse_role(call.member, "Seeing everybody's work")
    return show_worklist(call.tx, call.member, asked, what=what, overdue=overdue, limit=limit, cursor=cursor)
