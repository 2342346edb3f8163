"""The documents."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from shared import documents, people
from shared.io.body import Limit, Name
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.answers import Page
from shared.io.shapes.records import Brief

Shown = Literal["draft", "void", "approved", "effective", "superseded", "suspended", "recalled", "retired"]


@query(who=people.READERS)
def list_documents(
    call: Call,
    status: Shown | None = None,
    type: str | None = None,
    team_id: UUID | None = None,
    q: Name | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Brief]:
    """List documents, newest first; `q` finds words of title and text, as search_records does. A reader sees those in force."""
    of_type = documents.type_named(type) if type else None
    return call.store.list_records("document", call.member, limit, cursor, status=status, type=of_type, team=team_id, q=q)
