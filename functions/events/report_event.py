"""Report an event."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared import events, working
from shared.io.body import Title
from shared.io.call import Call
from shared.io.drafting import check_named, numbered
from shared.io.http import command
from shared.io.shapes.answers import ARecord
from shared.people import ACTION_OWNERS


@command(who=ACTION_OWNERS)
def report_event(call: Call, title: Title, type: str, content: dict[str, Any] = {}, team_id: UUID | None = None) -> ARecord:
    """Report what happened; QA triages it."""
    record = numbered(call, events.KIND, title, events.type_named(type), content, "reported", team_id)
    check_named(call, "event", content)
    call.record(working.begun(record, by=call.member, at=call.now))
    return call.store.show_step(record.id, call.member)
