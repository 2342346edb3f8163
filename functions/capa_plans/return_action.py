"""Return an action to its owner."""

from __future__ import annotations

from uuid import UUID

from shared.answers.actions import AnAction
from shared.app.call import Call
from shared.domain.capa import actions
from shared.doors.body import Reason
from shared.doors.http import command


@command
def return_action(call: Call, action_id: UUID, reason: Reason) -> AnAction:
    """Send an action back because it isn't done as it should be; its owner reads why."""
    action = call.match(call.store.action(action_id))
    call.record(actions.send_back(action, reason, by=call.member, at=call.now))
    return {"action": call.store.show_action(action_id, call.member)}
