"""The reviews of the audit trail."""

from __future__ import annotations

from shared.answers.audit_trail import Review
from shared.answers.pages import Page
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Limit
from shared.doors.http import query
from shared.queries.lists import trail_reviews_page


@query(who=people.STAFF)
def list_trail_reviews(call: Call, limit: Limit = 50, cursor: str | None = None) -> Page[Review]:
    """List the reviews of the audit trail, newest first: period, finding and signature (Annex 11 §9)."""
    return trail_reviews_page(call.tx, limit, cursor)
