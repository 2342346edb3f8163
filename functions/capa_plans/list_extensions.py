"""The requests for a later due date."""

from __future__ import annotations

from typing import Annotated

from shared.answers.actions import ListedExtension
from shared.answers.pages import Page
from shared.app.call import Call
from shared.domain.capa import extensions
from shared.domain.people import people
from shared.doors.body import Among, Limit
from shared.doors.http import query
from shared.queries import orders
from shared.queries.owed_lists import extensions_page


@query(who=people.READERS)
def list_extensions(
    call: Call,
    state: Annotated[str, Among(extensions.WORKFLOW.statuses)] | None = None,
    mine: bool = False,
    sort: Annotated[str, Among(tuple(orders.EXTENSIONS))] = "newest",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[ListedExtension]:
    """List extensions with what each is about, newest first; `mine` keeps those that the caller asked for. A reader sees only those."""
    asker = call.person.id if mine else None
    return extensions_page(call.tx, call.member, {"state": state, "asker": asker}, limit, cursor, sort=sort)
