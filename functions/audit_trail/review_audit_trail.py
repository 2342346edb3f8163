"""Review the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from shared.answers import audit_trail as answers
from shared.answers.audit_trail import AReview
from shared.answers.signatures import signature as shown_signature
from shared.app.call import Call
from shared.domain.kernel.outcomes import saved
from shared.domain.people import people
from shared.domain.signing import trail_reviews
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.exports import count_entries


@command(who=people.QA)
def review_audit_trail(call: Call, from_: datetime | date, to: datetime | date, finding: Reason, challenge_id: UUID) -> AReview:
    """Sign that you reviewed the audit trail of a period, and what you found; the review itself is recorded."""
    period = trail_reviews.period(call.organisation, from_, to, at=call.now)
    told, reason = call.told(trail_reviews.WORKFLOW["review"]), trail_reviews.reason(period, finding)
    signable = trail_reviews.signable(call.organisation.id, told)
    signature = call.sign(challenge_id, (trail_reviews.WORKFLOW, "review"), trail_reviews.Trail(), signable, reason)
    entries = count_entries(call.tx, period.from_at, period.to_at)
    review = trail_reviews.review(period, finding, entries, signature, by=call.member, at=call.now)
    call.save(signature, review)
    return {"review": answers.review(saved(review), shown_signature(saved(signature), valid=True))}
