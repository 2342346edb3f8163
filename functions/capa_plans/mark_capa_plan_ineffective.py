"""Mark a CAPA plan ineffective."""

from __future__ import annotations

from uuid import UUID

from shared import working
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ARecord


@command
def mark_capa_plan_ineffective(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Sign that a plan didn't work; it is a draft again, and what is done about it becomes its next version."""
    found = call.store.dossier(id, "capa_plan")
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "ineffective", reason)
    call.record(working.take(found, "ineffective", by=call.member, at=call.now))
    call.save(signature)
    return call.store.show_step(id, call.member)
