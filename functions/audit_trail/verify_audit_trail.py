"""Verify the audit trail."""

from __future__ import annotations

from shared.answers.audit_trail import Verdict
from shared.app.call import Call
from shared.app.sealed_trail import verify
from shared.domain.people import people
from shared.doors.http import query


@query(who=people.VERIFIERS)
def verify_audit_trail(call: Call) -> Verdict:
    """Recompute every hash of the organisation's chains, compare records with the trail and the trail with its seals; name what is off."""
    return verify(call.tx, call.organisation.id)
