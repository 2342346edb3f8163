"""The entries of a register."""

from __future__ import annotations

from typing import Annotated

from shared.answers.pages import Page
from shared.answers.register_entries import RegisterEntry
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.records import register_entries
from shared.doors.body import Among, Limit, Name
from shared.doors.http import query
from shared.queries.register_entries import entries_page


@query(who=people.READERS)
def list_register_entries(
    call: Call,
    register_: Annotated[str, Among(register_entries.REGISTERS)] | None = None,
    q: Name | None = None,
    active: bool | None = True,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[RegisterEntry]:
    """List the entries of a register, or of all, by name; `q` is a part of a name that they have or had, or the beginning of their code."""
    return entries_page(call.tx, register_, limit, cursor, q=q, active=active)
