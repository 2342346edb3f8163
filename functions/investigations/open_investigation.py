"""Open an investigation."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.app.drafting import check_named, numbered
from shared.domain.events import investigation_scope, investigations
from shared.doors.body import Title
from shared.doors.http import command
from shared.queries.dossiers import load_dossiers
from shared.queries.shown_records import show_altered_record


@command
def open_investigation(
    call: Call,
    event_ids: list[UUID],
    title: Title | None = None,
    content: investigations.InvestigationContent = {},
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
) -> ARecord:
    """Open an investigation of one or more triaged events; they become under investigation."""
    checked = investigations.CONTENT.check("content", content)
    covered = investigation_scope.about(event_ids, load_dossiers(call.tx, event_ids))
    named = title or investigation_scope.title_of(covered, call.organisation.language)
    record = numbered(call, investigations.KIND, named, None, checked, "open", owner_id=owner_id, team_id=team_id)
    check_named(call, investigations.KIND.name, content)
    call.record(investigation_scope.new_investigation(record, covered, by=call.member, at=call.now))
    return show_altered_record(call.tx, record.id, call.member)
