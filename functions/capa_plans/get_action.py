"""One action."""

from __future__ import annotations

from uuid import UUID

from shared.answers.actions import Action
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.actions import show_action


@query(who=people.STAFF)
def get_action(call: Call, id: UUID) -> Action:
    """Show an action of a CAPA plan or a change: its due dates, evidence, extensions and open steps."""
    return show_action(call.tx, id, call.member)
