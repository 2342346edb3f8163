"""The training assignments."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from shared.answers.pages import Page
from shared.answers.trainings import ListedAssignment
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.trainings import assignments
from shared.doors.body import Among, Limit
from shared.doors.http import query
from shared.queries import orders
from shared.queries.assignments import assignments_page


@query(who=people.READERS)
def list_assignments(
    call: Call,
    mine: bool = False,
    state: Annotated[str, Among(assignments.WORKFLOW.statuses)] | None = None,
    overdue: bool | None = None,
    person_id: UUID | None = None,
    training_id: UUID | None = None,
    sort: Annotated[str, Among(tuple(orders.ASSIGNMENTS))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[ListedAssignment]:
    """List assignments, newest first; a reader sees only their own. Overdue means open after the due date."""
    own = call.person.id if mine else None
    filters = {"state": state, "late": overdue, "person": person_id, "mine": own, "training": training_id}
    return assignments_page(call.tx, call.member, filters, limit, cursor, sort=sort)
