"""The investigations."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from shared import people
from shared.io.body import Limit
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.answers import Page
from shared.io.shapes.records import Brief


@query(who=people.STAFF)
def list_investigations(
    call: Call,
    status: Literal["open", "concluded", "cancelled"] | None = None,
    method: Literal["5_whys", "fishbone", "both", "other"] | None = None,
    team_id: UUID | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Brief]:
    """List investigations, newest first."""
    content = {"method": method}
    return call.store.list_records("investigation", call.member, limit, cursor, status=status, team=team_id, content=content)
