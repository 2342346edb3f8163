"""Triage an event."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.domain.events import events, triage
from shared.domain.events.events import Answer, Reportable, Risk, Severity
from shared.doors.body import Name, Reason
from shared.doors.http import command
from shared.queries.dossiers import load_dossier
from shared.queries.shown_records import show_altered_record


@command
def triage_event(
    call: Call,
    id: UUID,
    challenge_id: UUID,
    severity: Severity,
    containment: Reason,
    classification: Name | None = None,
    risk: Risk | None = None,
    disposition: Reason | None = None,
    on_market: Answer | None = None,
    reportable: Reportable | None = None,
    due_on: date | None = None,
) -> ARecord:
    """Sign QA's assessment of an event: severity, containment, risk; afterwards only a signed reclassification changes it."""
    given = {
        "severity": severity,
        "containment": containment,
        "classification": classification,
        "risk": risk,
        "disposition": disposition,
        "on_market": on_market,
        "reportable": reportable,
    }
    judged = triage.checked({name: value for name, value in given.items() if value is not None})
    found = load_dossier(call.tx, id, events.KIND.name)
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "triage")
    call.record(triage.triage(found, judged, due_on=due_on, by=call.member, at=call.now))
    call.save(signature)
    return show_altered_record(call.tx, id, call.member)
