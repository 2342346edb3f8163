"""The trainings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.answers.pages import Page
from shared.answers.records import Brief
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.trainings import trainings
from shared.doors.body import Among, AnyOf, Limit, Name
from shared.doors.http import query
from shared.queries import orders
from shared.queries.lists import briefs_page


@query(who=people.READERS)
def list_trainings(
    call: Call,
    status: Annotated[list[str], AnyOf(trainings.WORKFLOW.statuses)] | None = None,
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
    updated_since: datetime | None = None,
    q: Name | None = None,
    sort: Annotated[str, Among(tuple(orders.RECORDS))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Brief]:
    """List trainings, newest first; `q` searches words of the title and the start of the number. A reader sees only active ones."""
    filters = {"status": status, "owner": owner_id, "team": team_id, "updated_since": updated_since}
    return briefs_page(call.tx, trainings.KIND.name, call.member, limit, cursor, **filters, q=q, sort=sort)
