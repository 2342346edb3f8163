"""Ask for more time."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.answers.actions import AnExtension
from shared.app.call import Call
from shared.domain.capa import extensions
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.actions import load_due, show_extension
from shared.queries.audiences import quality_people


@command(who=extensions.ASKERS)
def request_extension(
    call: Call,
    due_on: date,
    reason: Reason,
    action_id: UUID | None = None,
    assignment_id: UUID | None = None,
    record_id: UUID | None = None,
) -> AnExtension:
    """Ask QA for a later due date of your action, training or record; name exactly one of them."""
    due = load_due(call.tx, *extensions.subject(action=action_id, assignment=assignment_id, record=record_id))
    call.match(due.row)
    extension = extensions.request(due, due_on, reason, today=call.today, by=call.member, at=call.now)
    call.record(extensions.ask(extension, due, quality_people(call.tx), call.name))
    return {"extension": show_extension(call.tx, extension.id, call.member)}
