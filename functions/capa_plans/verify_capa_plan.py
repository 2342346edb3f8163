"""Verify a CAPA plan."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.domain.capa import capa_plans
from shared.domain.records import working_content
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.dossiers import load_dossier
from shared.queries.shown_records import show_altered_record


@command
def verify_capa_plan(call: Call, id: UUID, challenge_id: UUID, reason: Reason | None = None) -> ARecord:
    """Sign that every action of a plan was carried out; the check of its effectiveness begins."""
    found = load_dossier(call.tx, id, capa_plans.KIND.name)
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "verify", reason)
    call.record(working_content.take(found, "verify", by=call.member, at=call.now))
    call.save(signature)
    return show_altered_record(call.tx, id, call.member)
