"""Review the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from shared import people, reviews
from shared.answers import signature as shown
from shared.answers import thing
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.exports import AReview
from shared.records import saved


@command(who=people.QA)
def review_audit_trail(call: Call, from_: datetime | date, to: datetime | date, finding: Reason, challenge_id: UUID) -> AReview:
    """Sign that you reviewed the audit trail of a time, with what you found; that is itself recorded."""
    period = reviews.period(call.organisation, from_, to, at=call.now)
    signable, reason = reviews.signable(call.organisation.id), reviews.reason(period, finding)
    signature = call.sign(challenge_id, (reviews.WORKFLOW, "review"), reviews.Trail(), signable, reason)
    entries = call.store.count_entries(period.from_at, period.to_at)
    review = reviews.review(period, finding, entries, signature, by=call.member, at=call.now)
    call.save(signature, review)
    return {"review": thing(saved(review), signature=shown(saved(signature), valid=True))}
