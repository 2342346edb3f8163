"""Verify the audit trail."""

from __future__ import annotations

from shared.app.call import Call
from shared.app.sealed_trail import Read, judge, read
from shared.domain.people import people
from shared.doors.http import query


@query(who=people.VERIFIERS, after=judge)
def verify_audit_trail(call: Call) -> Read:
    """Recompute every hash of the audit trail, compare the trail with the records and with its seals, and name the first difference."""
    return read(call.tx, call.organisation.id, call.again)
