"""Return an action to its owner."""

from __future__ import annotations

from uuid import UUID

from shared.answers.actions import AnAction
from shared.app.call import Call
from shared.domain.capa import actions
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.actions import load_action, show_action


@command
def return_action(call: Call, action_id: UUID, reason: Reason) -> AnAction:
    """Return a completed action that isn't acceptable; its owner gets the reason."""
    action = call.match(load_action(call.tx, action_id))
    call.record(actions.send_back(action, reason, by=call.member, at=call.now))
    return {"action": show_action(call.tx, action_id, call.member)}
