"""Decide on an extension."""

from __future__ import annotations

from uuid import UUID

from shared.answers.actions import AnExtension
from shared.app.call import Call
from shared.domain.capa import extensions
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.actions import load_extension, show_extension


@command
def decide_extension(call: Call, extension_id: UUID, granted: bool, reason: Reason | None = None) -> AnExtension:
    """Grant or deny an extension; the original due date and the number of extensions stay on record, and a denial needs a reason."""
    asked = load_extension(call.tx, extension_id)
    call.match(asked.extension)
    call.record(extensions.decide(asked, granted=granted, reason=reason, by=call.member, at=call.now))
    return {"extension": show_extension(call.tx, extension_id, call.member)}
