"""Read the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from shared.answers.audit_trail import Entry
from shared.answers.pages import Page
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Limit
from shared.doors.http import query
from shared.queries.lists import audit_trail_page


@query(who=people.AUDITORS)
def list_audit_trail(
    call: Call,
    record_id: UUID | None = None,
    person_id: UUID | None = None,
    from_: datetime | date | None = None,
    to: datetime | date | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Entry]:
    """List audit trail entries, newest first: who, what, when, why, old and new values; filter by record, person or period."""
    begin = None if from_ is None else call.organisation.moment(from_)
    end = None if to is None else call.organisation.moment(to, end=True)
    return audit_trail_page(call.tx, call.member, record_id, person_id, begin, end, limit, cursor)
