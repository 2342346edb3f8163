"""One approval request."""

from __future__ import annotations

from uuid import UUID

from shared.answers.changes import RequestWithChange
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.proposals import load_proposal_of_request
from shared.queries.shown_records import show_request


@query(who=people.STAFF)
def get_approval_request(call: Call, id: UUID) -> RequestWithChange:
    """Show an approval request with the change as it was submitted: what would be signed."""
    return show_request(call.tx, load_proposal_of_request(call.tx, id), call.member)
