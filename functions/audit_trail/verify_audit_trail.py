"""Verify the audit trail."""

from __future__ import annotations

from shared.answers.audit_trail import Verdict
from shared.app.call import Call
from shared.app.sealed_trail import verify
from shared.domain.people import people
from shared.doors.http import query


@query(who=people.VERIFIERS)
def verify_audit_trail(call: Call) -> Verdict:
    """Recompute every hash of the audit trail, compare the trail with the records and with its seals, and name the first difference."""
    return verify(call.tx, call.organisation.id)
