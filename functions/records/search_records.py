"""Search all records."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from shared.answers.pages import Page
from shared.answers.search import Hit
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.records import lifecycles
from shared.doors.body import Among, Limit, Name
from shared.doors.http import query
from shared.queries.asked import FINDABLE
from shared.queries.search import search_page


@query(who=people.READERS)
def search_records(
    call: Call,
    q: Name | None = None,
    kind: Annotated[str, Among(FINDABLE)] | None = None,
    status: Name | None = None,
    owner: UUID | None = None,
    overdue: bool | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[Hit]:
    """Find records, changes and people by words in Dutch, French or English, or by the start of a number (`q`): best first, then newest.

    First comes what is called so, then what says so, then records in whose files, notes or actions every word stands, then what is linked
    to what was found, where that is at most a hundred. A word is found in any inflected form, as the start of a longer one, with or without
    accents. Without `q` it lists records, newest first. A reader finds people, and records and files in force.
    """
    of_status = lifecycles.status_named(status) if status else None
    return search_page(call.tx, call.member, limit, cursor, q=q, kind=kind, status=of_status, owner=owner, overdue=overdue)
