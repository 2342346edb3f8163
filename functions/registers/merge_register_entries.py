"""Merge two entries of a register."""

from __future__ import annotations

from uuid import UUID

from shared.answers.register_entries import ARegisterEntry, register_entry
from shared.app.call import Call
from shared.domain.people.people import QA
from shared.domain.records import register_entries
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.register_entries import load_entry, load_merged


@command(who=QA)
def merge_register_entries(call: Call, entry_id: UUID, into_id: UUID, reason: Reason) -> ARegisterEntry:  # noqa: ARG001 - the door hands the reason to the audit trail
    """Merge an entry into another one of its register, because both mean the same; it is no longer picked."""
    entry, into = load_entry(call.tx, entry_id), load_entry(call.tx, into_id)
    call.record(register_entries.merge(call.match(entry), into, load_merged(call.tx, entry_id), at=call.now))
    return {"register_entry": register_entry(load_entry(call.tx, into_id))}
