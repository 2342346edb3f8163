"""The CAPA plans."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from shared import people
from shared.io.body import Limit, Name
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.answers import Page
from shared.io.shapes.records import Brief


@query(who=people.STAFF)
def list_capa_plans(
    call: Call,
    status: Literal["draft", "implementing", "effectiveness_check", "closed_effective", "cancelled"] | None = None,
    team_id: UUID | None = None,
    q: Name | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Brief]:
    """List CAPA plans, newest first."""
    return call.store.list_records("capa_plan", call.member, limit, cursor, status=status, team=team_id, q=q)
