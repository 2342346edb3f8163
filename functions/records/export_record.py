"""Export a record."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from shared.answers.exports import ExportedFile, ExportedJson, as_file, as_json
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.reports import printouts
from shared.domain.reports.csv_export import sheet
from shared.doors.http import query
from shared.outside.pdf import pdf
from shared.queries.exports import read_export


@query(who=people.STAFF)
def export_record(call: Call, id: UUID, format: Literal["pdf", "json", "csv"]) -> ExportedJson | ExportedFile:
    """Export a record with all its versions, signatures, attachments and audit trail, as JSON, CSV or PDF."""
    export = read_export(call.tx, id, format, call.member, call.now)
    if format == "json":
        return as_json(export)
    if format == "csv":
        return as_file(format, export, sheet(export))
    return as_file(format, export, pdf(*printouts.around(export), printouts.sections(export)))
