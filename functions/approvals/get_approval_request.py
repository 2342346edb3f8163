"""One approval request."""

from __future__ import annotations

from uuid import UUID

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.records import RequestWithChange


@query(who=people.STAFF)
def get_approval_request(call: Call, id: UUID) -> RequestWithChange:
    """Show an approval request with the change as it was submitted: what would be signed."""
    return call.store.show_request(call.store.proposal_of_request(id), call.member)
