"""Search all records."""

from __future__ import annotations

from uuid import UUID

from shared.answers.pages import Page
from shared.answers.records import Brief
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.records import kinds
from shared.doors.body import KindName, Limit, Name
from shared.doors.http import query
from shared.queries.search import found_records_page


@query(who=people.READERS)
def search_records(
    call: Call,
    q: Name | None = None,
    kind: KindName | None = None,
    status: Name | None = None,
    owner: UUID | None = None,
    overdue: bool | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Brief]:
    """Find records of every kind, newest first; `q` holds Dutch, French or English words of title and text, or the start of a number.

    A record matches if it contains every word, in any inflected form, as the start of a longer word, with or without accents.
    A reader finds only what is in force.
    """
    of_status = kinds.status_named(status) if status else None
    return found_records_page(call.tx, call.member, limit, cursor, q=q, kind=kind, status=of_status, owner=owner, overdue=overdue)
