"""Verify a CAPA plan."""

from __future__ import annotations

from uuid import UUID

from shared import working
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ARecord


@command
def verify_capa_plan(call: Call, id: UUID, challenge_id: UUID, reason: Reason | None = None) -> ARecord:
    """Sign that every action of a plan was carried out; the check of its effectiveness begins."""
    found = call.store.dossier(id, "capa_plan")
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "verify", reason)
    call.record(working.take(found, "verify", by=call.member, at=call.now))
    call.save(signature)
    return call.store.show_step(id, call.member)
