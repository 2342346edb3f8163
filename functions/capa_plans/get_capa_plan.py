"""One CAPA plan."""

from __future__ import annotations

from uuid import UUID

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.records import Record


@query(who=people.STAFF)
def get_capa_plan(call: Call, id: UUID) -> Record:
    """Show a CAPA plan: its content, actions with their evidence, links, signatures and what can be done."""
    return call.store.show(id, call.member, "capa_plan")
