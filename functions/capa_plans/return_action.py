"""Return an action to its owner."""

from __future__ import annotations

from uuid import UUID

from shared import actions
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.actions import AnAction


@command
def return_action(call: Call, action_id: UUID, reason: Reason) -> AnAction:
    """Send an action back because it isn't done as it should be; its owner reads why."""
    action = call.match(call.store.action(action_id))
    call.record(actions.send_back(action, reason, by=call.member, at=call.now))
    return {"action": call.store.show_action(action_id, call.member)}
