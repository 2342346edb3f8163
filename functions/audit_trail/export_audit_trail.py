"""Export the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.answers.parts import named
from shared.answers.sheets import Rows, sheet_file
from shared.app.call import Call
from shared.app.sheets import trail_sheet
from shared.domain.people import people
from shared.domain.reports import trail_sheets
from shared.doors.body import Among, Name
from shared.doors.http import query
from shared.queries.audit_trail import KINDS_TOLD, REGULATED


@query(who=people.AUDITORS, after=sheet_file)
def export_audit_trail(
    call: Call,
    format: trail_sheets.Form,
    record_id: UUID | None = None,
    person_id: UUID | None = None,
    step: Name | None = None,
    table: Annotated[str, Among(tuple(REGULATED))] | None = None,
    kind: Annotated[str, Among(KINDS_TOLD)] | None = None,
    settings: bool = False,
    from_: datetime | date | None = None,
    to: datetime | date | None = None,
) -> Rows:
    """Export what list_audit_trail lists, by the same filters, as CSV, JSON or PDF; up to 5,000 entries, and beyond with start_export."""
    filters = {"record_id": record_id, "person_id": person_id, "step": step, "table": table, "kind": kind, "settings": settings}
    by = named(call.person.id, call.name)
    sheet = trail_sheet({**filters, "from": from_, "to": to}, format, by, call.organisation.name, call.now)
    return sheet.read(call.tx, call.member)
