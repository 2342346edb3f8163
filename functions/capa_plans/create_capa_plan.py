"""Create a CAPA plan."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.app.drafting import check_named, check_owners, numbered
from shared.domain.capa import capa_plans
from shared.domain.people.people import ACTION_OWNERS
from shared.domain.records import working_content
from shared.doors.body import Title
from shared.doors.http import command
from shared.queries.dossiers import load_ends
from shared.queries.shown_records import show_altered_record


@command(who=ACTION_OWNERS)
def create_capa_plan(
    call: Call,
    title: Title,
    source_ids: list[UUID] = [],
    content: capa_plans.CapaPlanContent = {},
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
) -> ARecord:
    """Draft a CAPA plan: the actions against the causes of events and investigations, and the check of their effectiveness."""
    record = numbered(call, capa_plans.KIND, title, None, content, "draft", owner_id=owner_id, team_id=team_id)
    check_named(call, capa_plans.KIND.name, content)
    check_owners(call, {"content": (capa_plans.KIND.name, {}, content)})
    sources = capa_plans.sources(record, source_ids, load_ends(call.tx, *source_ids), by=call.member, at=call.now)
    call.record(working_content.new_record(record, by=call.member, at=call.now))
    call.save(*sources)
    return show_altered_record(call.tx, record.id, call.member)
