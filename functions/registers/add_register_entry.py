"""Add an entry to a register."""

from __future__ import annotations

from typing import Annotated

from shared.answers.register_entries import ARegisterEntry, register_entry
from shared.app.call import Call
from shared.domain.people.people import ACTION_OWNERS
from shared.domain.records import register_entries
from shared.doors.body import Among, Name
from shared.doors.http import command
from shared.queries.register_entries import load_entry


@command(who=ACTION_OWNERS)
def add_register_entry(
    call: Call, register_: Annotated[str, Among(register_entries.REGISTERS)], name: Name, code: Name | None = None
) -> ARegisterEntry:
    """Add a name to pick from; one that differs from another in case, accents, spaces or signs alone stands there already."""
    entry = register_entries.new_entry(register_, name, code, by=call.member, at=call.now)
    call.save(entry)
    return {"register_entry": register_entry(load_entry(call.tx, entry.id))}
