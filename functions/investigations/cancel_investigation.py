"""Cancel an investigation."""

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
def cancel_investigation(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Cancel an investigation; its events return to triaged unless another investigation covers them."""
    found = load_dossier(call.tx, id, investigations.KIND.name)
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "cancel", reason)
    covered = load_dossiers(call.tx, investigation_scope.events_of(found))
    call.record(investigation_scope.cancel(found, list(covered.values()), by=call.member, at=call.now))
    call.save(signature)
    return show_altered_record(call.tx, id, call.member)
