"""Verify an action."""

from __future__ import annotations

from uuid import UUID

from shared.answers.actions import AnAction
from shared.app.call import Call
from shared.domain.capa import actions
from shared.doors.http import command
from shared.queries.actions import load_action, show_action


@command
def verify_action(call: Call, action_id: UUID) -> AnAction:
    """Confirm from its evidence that an action was done; nobody verifies their own."""
    action = call.match(load_action(call.tx, action_id))
    call.record(actions.verify(action, by=call.member, at=call.now))
    return {"action": show_action(call.tx, action_id, call.member)}
