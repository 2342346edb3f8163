"""Open an investigation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared import coverage, investigations
from shared.io.body import Title
from shared.io.call import Call
from shared.io.drafting import check_named, numbered
from shared.io.http import command
from shared.io.shapes.answers import ARecord


@command
def open_investigation(call: Call, event_ids: list[UUID], title: Title | None = None, content: dict[str, Any] = {}) -> ARecord:
    """Open an investigation over one or several triaged events, which are under investigation from now on."""
    checked = investigations.CONTENT.check("content", content)
    covered = coverage.about(event_ids, call.store.dossiers(event_ids))
    named = title or coverage.title_of(covered)
    record = numbered(call, investigations.KIND, named, None, checked, "open")
    check_named(call, "investigation", content)
    call.record(coverage.begun(record, covered, by=call.member, at=call.now))
    return call.store.show_step(record.id, call.member)
