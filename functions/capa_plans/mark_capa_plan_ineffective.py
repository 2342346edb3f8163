"""Mark a CAPA plan ineffective."""

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
def mark_capa_plan_ineffective(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Sign that a CAPA plan wasn't effective; it returns to draft, and the new actions become its next version."""
    found = load_dossier(call.tx, id, capa_plans.KIND.name)
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "ineffective", reason)
    call.record(working_content.take(found, "ineffective", by=call.member, at=call.now))
    call.save(signature)
    return show_altered_record(call.tx, id, call.member)
