"""Read the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.answers.audit_trail import TrailPage
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Among, Limit, Name
from shared.doors.http import query
from shared.queries.audit_trail import KINDS_TOLD, REGULATED
from shared.queries.trail_pages import audit_trail_page, chosen


@query(who=people.AUDITORS)
def list_audit_trail(
    call: Call,
    record_id: UUID | None = None,
    person_id: UUID | None = None,
    step: Name | None = None,
    table: Annotated[str, Among(tuple(REGULATED))] | None = None,
    kind: Annotated[str, Among(KINDS_TOLD)] | None = None,
    settings: bool = False,
    from_: datetime | date | None = None,
    to: datetime | date | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> TrailPage:
    """List audit trail entries, newest first: who, what, when, why, old and new values, and of a record or change its whole story.

    `person_id` keeps what a person did, `kind` what records of a kind went through, `settings` what was set for the organisation.
    """
    filters = {"record_id": record_id, "person_id": person_id, "step": step, "table": table, "kind": kind, "settings": settings}
    return audit_trail_page(call.tx, call.member, chosen(call.organisation, filters, from_, to), limit, cursor)
