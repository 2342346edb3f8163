"""Reopen an investigation."""

from __future__ import annotations

from uuid import UUID

from shared import coverage
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ARecord


@command
def reopen_investigation(call: Call, id: UUID, challenge_id: UUID, reason: Reason) -> ARecord:
    """Reopen a concluded investigation; what was signed stays, and its triaged events are under investigation again."""
    found = call.store.dossier(id, "investigation")
    call.match(found.record)
    signature = call.sign_record(challenge_id, found, "reopen", reason)
    covered = call.store.dossiers(coverage.events_of(found))
    call.record(coverage.reopen(found, list(covered.values()), by=call.member, at=call.now))
    call.save(signature)
    return call.store.show_step(id, call.member)
