"""Searching all records."""

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
    """Find records of every kind, newest first; `q` is words of title and text in Dutch, French or English, or how a number begins.

    Each word counts in every form that it takes, as the beginning of a longer one, and with or without accents; all of them must be
    there. A reader finds what is in force.
    """
    of_status = kinds.status_named(status) if status else None
    return found_records_page(call.tx, call.member, limit, cursor, q=q, kind=kind, status=of_status, owner=owner, overdue=overdue)
