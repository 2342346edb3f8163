"""Judge an event anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared import triage
from shared.io.body import Name, Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ARecord


@command
def reclassify_event(
    call: Call,
    id: UUID,
    challenge_id: UUID,
    reason: Reason,
    severity: str | None = None,
    classification: Name | None = None,
    risk: dict[str, Any] | None = None,
    containment: Reason | None = None,
    disposition: Reason | None = None,
    reportable: dict[str, Any] | None = None,
) -> ARecord:
    """Sign another severity, classification, risk, containment, disposition or decision about reporting; what is left out stays."""
    given = triage.checked({
        "severity": severity, "classification": classification, "risk": risk, "containment": containment, "disposition": disposition,
        "reportable": reportable,
    })  # fmt: skip
    found = call.store.dossier(id, "event")
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "reclassify", reason)
    call.record(triage.reclassify(found, given, by=call.member, at=call.now))
    call.save(signature)
    return call.store.show_step(id, call.member)
