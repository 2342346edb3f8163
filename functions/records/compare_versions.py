"""Compare two versions of a record."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from shared.answers.versions import Comparison
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Between
from shared.doors.http import query
from shared.queries.shown_records import show_comparison

Number = Annotated[int, Between(1, 1_000_000)]


@query(who=people.STAFF)
def compare_versions(call: Call, id: UUID, from_: Number, to: Number) -> Comparison:
    """Show the differences between two versions field by field, and line by line for the text of files."""
    return show_comparison(call.tx, id, from_, to, call.member)
