"""Verify a CAPA plan."""

from __future__ import annotations

from uuid import UUID

from shared.answers.pages import ARecord
from shared.app.call import Call
from shared.domain.records import working_content
from shared.doors.body import Reason
from shared.doors.http import command


@command
def verify_capa_plan(call: Call, id: UUID, challenge_id: UUID, reason: Reason | None = None) -> ARecord:
    """Sign that every action of a plan was carried out; the check of its effectiveness begins."""
    found = call.store.dossier(id, "capa_plan")
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "verify", reason)
    call.record(working_content.take(found, "verify", by=call.member, at=call.now))
    call.save(signature)
    return call.store.show_step(id, call.member)
