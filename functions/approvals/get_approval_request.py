"""One approval request."""

from __future__ import annotations

from uuid import UUID

from shared.answers.changes import Material, request_with_change
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.proposals import load_proposal_of_request
from shared.queries.shown_changes import read_change


@query(who=people.STAFF, after=request_with_change)
def get_approval_request(call: Call, id: UUID) -> Material:
    """Show an approval request with the change as it was submitted (what would be signed) and its impact assessment."""
    return read_change(call.tx, load_proposal_of_request(call.tx, id), call.member, assess=True)
