"""Create a CAPA plan."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared import capa_plans, working
from shared.io.body import Title
from shared.io.call import Call
from shared.io.drafting import check_named, check_owners, numbered
from shared.io.http import command
from shared.io.shapes.answers import ARecord
from shared.people import ACTION_OWNERS


@command(who=ACTION_OWNERS)
def create_capa_plan(
    call: Call, title: Title, source_ids: list[UUID] = (), content: dict[str, Any] = {}, team_id: UUID | None = None
) -> ARecord:
    """Draft what will be done against the causes of events and investigations, and how its effect will be checked."""
    record = numbered(call, capa_plans.KIND, title, None, content, "draft", team_id)
    check_named(call, "capa_plan", content)
    check_owners(call, {"content": ("capa_plan", {}, content)})
    sources = capa_plans.sources(record, source_ids, call.store.ends(*source_ids), by=call.member, at=call.now)
    call.record(working.begun(record, by=call.member, at=call.now))
    call.save(*sources)
    return call.store.show_step(record.id, call.member)
