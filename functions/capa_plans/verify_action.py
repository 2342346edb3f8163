"""Verify an action."""

from __future__ import annotations

from uuid import UUID

from shared.answers.actions import AnAction
from shared.app.call import Call
from shared.domain.capa import actions
from shared.doors.http import command


@command
def verify_action(call: Call, action_id: UUID) -> AnAction:
    """Confirm that an action was done, as its evidence says; never one's own."""
    action = call.match(call.store.action(action_id))
    call.record(actions.verify(action, by=call.member, at=call.now))
    return {"action": call.store.show_action(action_id, call.member)}
