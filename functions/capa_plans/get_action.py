"""One action."""

from __future__ import annotations

from uuid import UUID

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.actions import Action


@query(who=people.STAFF)
def get_action(call: Call, id: UUID) -> Action:
    """Show an action of a CAPA plan or a change: its due dates, evidence, extensions and what can be done."""
    return call.store.show_action(id, call.member)
