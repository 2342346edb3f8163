"""Complete an action."""

from __future__ import annotations

from uuid import UUID

from shared.answers.actions import AnAction
from shared.app.call import Call
from shared.domain.capa import actions
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.actions import load_action, show_action
from shared.queries.files import load_finished_files


@command
def complete_action(call: Call, action_id: UUID, evidence: Reason | None = None, file_ids: list[UUID] = []) -> AnAction:
    """Report your own action as done, with evidence in words, as files or both; QA verifies it."""
    action = call.match(load_action(call.tx, action_id))
    outcome = actions.complete(action, evidence, file_ids, by=call.member, at=call.now)
    load_finished_files(call.tx, file_ids, "file_ids")
    call.record(outcome)
    return {"action": show_action(call.tx, action_id, call.member)}
