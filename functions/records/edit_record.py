"""Edit a record's working content."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.app.drafting import check_named, check_owners
from shared.domain.kernel.values import OMITTED
from shared.domain.records import working_content
from shared.domain.records.kinds import WorkingContent
from shared.doors.body import Title
from shared.doors.http import command
from shared.queries.dossiers import load_dossier
from shared.queries.shown_records import show_altered_record


@command
def edit_record(call: Call, id: UUID, content: WorkingContent = {}, title: Title = OMITTED, due_on: date = OMITTED) -> ARecord:
    """Edit an open event, investigation or CAPA plan; omitted fields stay, null clears a field."""
    found = load_dossier(call.tx, id)
    call.match(found.record)
    outcome = working_content.edit(found, content, title=title, due_on=due_on, by=call.member, at=call.now)
    check_named(call, found.record.kind, content)
    check_owners(call, {"content": (found.record.kind, found.record.content, content)})
    call.record(outcome)
    return show_altered_record(call.tx, id, call.member)
