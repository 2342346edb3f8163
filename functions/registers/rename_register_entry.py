"""Rename an entry of a register."""

from __future__ import annotations

from uuid import UUID

from shared.answers.register_entries import ARegisterEntry, register_entry
from shared.app.call import Call
from shared.domain.kernel.values import OMITTED
from shared.domain.people.people import ACTION_OWNERS
from shared.domain.records import register_entries
from shared.doors.body import Name
from shared.doors.http import command
from shared.queries.register_entries import load_entry


@command(who=ACTION_OWNERS)
def rename_register_entry(call: Call, entry_id: UUID, name: Name, code: Name | None = OMITTED) -> ARegisterEntry:
    """Give an entry another name, or another code too (null takes it away); what was written under its former names goes on meaning it."""
    entry = call.match(load_entry(call.tx, entry_id))
    call.save(register_entries.rename(entry, name, code, at=call.now))
    return {"register_entry": register_entry(load_entry(call.tx, entry_id))}
