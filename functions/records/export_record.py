"""Export a record."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from shared.answers.exports import Material, export
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.exports import read_export


@query(who=people.STAFF, after=export)
def export_record(call: Call, id: UUID, format: Literal["pdf", "json", "csv"]) -> Material:
    """Export a record with all its versions, signatures, attachments and audit trail, as JSON, CSV or PDF."""
    return read_export(call.tx, id, format, call.member, call.now)
