"""Compare two versions of a record."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from shared.answers.versions import Compare, comparison
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Between
from shared.doors.http import query
from shared.queries.shown_records import read_comparison

Number = Annotated[int, Between(1, 1_000_000)]


@query(who=people.STAFF, after=comparison)
def compare_versions(call: Call, id: UUID, from_: Number, to: Number) -> Compare:
    """Show the differences between two versions field by field, and line by line for the text of files."""
    return read_comparison(call.tx, id, from_, to, call.member)
