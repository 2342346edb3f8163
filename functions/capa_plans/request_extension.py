"""Ask for more time."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared import extensions
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.actions import AnExtension


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
    due = call.store.due(*extensions.subject(action=action_id, assignment=assignment_id, record=record_id))
    call.match(due.row)
    extension = extensions.request(due, due_on, reason, today=call.today, by=call.member, at=call.now)
    call.record(extensions.ask(extension, due, call.store.quality_people(), call.name))
    return {"extension": call.store.show_extension(extension.id, call.member)}
