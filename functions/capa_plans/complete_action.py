"""Complete an action."""

from __future__ import annotations

from uuid import UUID

from shared.answers.actions import AnAction
from shared.app.call import Call
from shared.domain.capa import actions
from shared.doors.body import Reason
from shared.doors.http import command


@command
def complete_action(call: Call, action_id: UUID, evidence: Reason | None = None, file_ids: list[UUID] = ()) -> AnAction:
    """Say that your action is done, with evidence in words, as files, or both; QA verifies it."""
    action = call.match(call.store.action(action_id))
    outcome = actions.complete(action, evidence, file_ids, by=call.member, at=call.now)
    call.store.finished_files(file_ids, "file_ids")
    call.record(outcome)
    return {"action": call.store.show_action(action_id, call.member)}
