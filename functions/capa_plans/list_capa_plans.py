"""The CAPA plans."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.answers.pages import Page
from shared.answers.record_lists import CapaPlanBrief
from shared.app.call import Call
from shared.domain.capa import capa_plans
from shared.domain.people import people
from shared.doors.body import Among, AnyOf, Limit, Name
from shared.doors.http import query
from shared.queries import orders
from shared.queries.record_lists import capa_plans_page


@query(who=people.STAFF)
def list_capa_plans(
    call: Call,
    status: Annotated[list[str], AnyOf(capa_plans.WORKFLOW.statuses)] | None = None,
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
    updated_since: datetime | None = None,
    q: Name | None = None,
    sort: Annotated[str, Among(tuple(orders.RECORDS))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[CapaPlanBrief]:
    """List CAPA plans with their actions, newest first."""
    filters = {"status": status, "owner": owner_id, "team": team_id, "updated_since": updated_since}
    return capa_plans_page(call.tx, call.member, limit, cursor, **filters, q=q, sort=sort)
