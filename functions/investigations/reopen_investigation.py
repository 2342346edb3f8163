"""Reopen an investigation."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.domain.events import investigation_scope, investigations
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.dossiers import load_dossier, load_dossiers
from shared.queries.shown_records import show_altered_record


@command
def reopen_investigation(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Reopen a concluded investigation; its triaged events become under investigation again, and signed versions stay."""
    found = load_dossier(call.tx, id, investigations.KIND.name)
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "reopen", reason)
    covered = load_dossiers(call.tx, investigation_scope.events_of(found))
    call.record(investigation_scope.reopen(found, list(covered.values()), by=call.member, at=call.now))
    call.save(signature)
    return show_altered_record(call.tx, id, call.member)
