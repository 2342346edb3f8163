"""Export a register."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from shared.answers.parts import named
from shared.answers.rows import as_answer
from shared.answers.sheets import Rows, SheetFile, sheet_file
from shared.app.call import Call
from shared.app.sheets import register_sheet
from shared.domain.people import people
from shared.domain.reports import registers
from shared.doors.body import Among
from shared.doors.http import command
from shared.queries.registers import Asked


def _read(call: Call, register_: str, format: registers.Form, filters: dict[str, Any] | None = None, on: date | None = None) -> Rows:
    """The rows of the register; raises Invalid and Conflict."""
    checked = registers.checked_filters(registers.register_named(register_), filters)
    by = named(call.person.id, call.name)
    return register_sheet(Asked(register_, checked, on), format, by, call.organisation.name, call.now).read(call.tx, call.member)


@command(who=people.STAFF, of=_read, before=sheet_file)
def export_register(
    call: Call,
    register_: Annotated[str, Among(registers.NAMES)],  # noqa: ARG001 - `_read` reads them
    format: registers.Form,  # noqa: ARG001 - the same
    filters: dict[str, Any] | None = None,  # noqa: ARG001 - the same
    on: date | None = None,  # noqa: ARG001 - the same
) -> SheetFile:
    """Export a register as CSV, spreadsheet or PDF: the rows of its list by the list's filters, up to 5,000, and beyond with start_export.

    `on` asks for the register as it was on a day.
    """
    assert isinstance(call.prepared, dict)  # noqa: S101 - what the door prepared
    return as_answer(SheetFile, call.prepared)
