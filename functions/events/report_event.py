"""Report an event."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.app.drafting import check_named, numbered
from shared.domain.events import events
from shared.domain.people.people import ACTION_OWNERS
from shared.domain.records import working_content
from shared.doors.body import Title
from shared.doors.http import command
from shared.queries.shown_records import show_altered_record


@command(who=ACTION_OWNERS)
def report_event(
    call: Call,
    title: Title,
    type: str,
    content: events.EventContent = {},
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
) -> ARecord:
    """Report an event, which is yours unless you name its owner; QA triages it."""
    of_type = events.type_named(type)
    record = numbered(call, events.KIND, title, of_type, content, "reported", owner_id=owner_id, team_id=team_id)
    check_named(call, events.KIND.name, content)
    call.record(working_content.new_record(record, by=call.member, at=call.now))
    return show_altered_record(call.tx, record.id, call.member)
