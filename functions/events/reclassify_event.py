"""Reclassify an event."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.domain.events import events, triage
from shared.domain.events.events import Answer, Reportable, Risk, Severity
from shared.domain.kernel.values import OMITTED
from shared.doors.body import Name, Reason
from shared.doors.http import command
from shared.queries.dossiers import load_dossier
from shared.queries.shown_records import show_altered_record


@command
def reclassify_event(
    call: Call,
    id: UUID,
    challenge_id: UUID,
    reason: Reason,
    severity: Severity = OMITTED,
    classification: Name | None = OMITTED,
    risk: Risk | None = OMITTED,
    containment: Reason = OMITTED,
    disposition: Reason | None = OMITTED,
    on_market: Answer | None = OMITTED,
    reportable: Reportable | None = OMITTED,
) -> ARecord:
    """Sign another severity, classification, risk, containment, disposition or reporting decision; null takes one back."""
    given = {
        "severity": severity,
        "classification": classification,
        "risk": risk,
        "containment": containment,
        "disposition": disposition,
        "on_market": on_market,
        "reportable": reportable,
    }
    judged = triage.checked(given)
    found = load_dossier(call.tx, id, events.KIND.name)
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "reclassify", reason)
    call.record(triage.reclassify(found, judged, by=call.member, at=call.now))
    call.save(signature)
    return show_altered_record(call.tx, id, call.member)
