"""Verify the audit trail."""

from __future__ import annotations

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.answers import Verdict
from shared.io.store.audit_trail import verify


@query(who=people.VERIFIERS)
def verify_audit_trail(call: Call) -> Verdict:
    """Recompute every hash of the organisation's chains and compare the records with the trail; name the first that doesn't hold."""
    return verify(call.tx)
