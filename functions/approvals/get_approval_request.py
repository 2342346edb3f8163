"""One approval request."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import RequestWithChange
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query


@query(who=people.STAFF)
def get_approval_request(call: Call, id: UUID) -> RequestWithChange:
    """Show an approval request with the change as it was submitted: what would be signed."""
    return call.store.show_request(call.store.proposal_of_request(id), call.member)
