"""Verify the audit trail."""

from __future__ import annotations

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.sealed_trail import verify
from shared.io.shapes.answers import Verdict


@query(who=people.VERIFIERS)
def verify_audit_trail(call: Call) -> Verdict:
    """Recompute every hash of the organisation's chains, compare records with the trail and the trail with its seals; name what is off."""
    return verify(call.tx, call.organisation.id)
