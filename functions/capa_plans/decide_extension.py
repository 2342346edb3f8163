"""Decide about an extension."""

from __future__ import annotations

from uuid import UUID

from shared import extensions
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.actions import AnExtension


@command
def decide_extension(call: Call, extension_id: UUID, granted: bool, reason: Reason | None = None) -> AnExtension:
    """Grant more time or deny it; the original due date and the number of extensions stay known. A denial says why."""
    asked = call.store.extension(extension_id)
    call.match(asked.extension)
    call.record(extensions.decide(asked, granted=granted, reason=reason, by=call.member, at=call.now))
    return {"extension": call.store.show_extension(extension_id, call.member)}
