"""The trainings."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from shared import people
from shared.io.body import Limit, Name
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.answers import Page
from shared.io.shapes.records import Brief


@query(who=people.READERS)
def list_trainings(
    call: Call,
    status: Literal["draft", "active", "retired", "void"] | None = None,
    team_id: UUID | None = None,
    q: Name | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Brief]:
    """List trainings, newest first; `q` finds words of the title and the beginning of the number. A reader sees the active ones."""
    return call.store.list_records("training", call.member, limit, cursor, status=status, team=team_id, q=q)
