"""The CAPA plans."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from shared.answers.pages import Page
from shared.answers.records import Brief
from shared.app.call import Call
from shared.domain.capa import capa_plans
from shared.domain.people import people
from shared.doors.body import Among, Limit, Name
from shared.doors.http import query
from shared.queries.lists import records_page


@query(who=people.STAFF)
def list_capa_plans(
    call: Call,
    status: Annotated[str, Among(capa_plans.WORKFLOW.statuses)] | None = None,
    team_id: UUID | None = None,
    q: Name | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Brief]:
    """List CAPA plans, newest first."""
    return records_page(call.tx, capa_plans.KIND.name, call.member, limit, cursor, status=status, team=team_id, q=q)
