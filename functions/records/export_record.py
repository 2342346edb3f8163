"""Export a record, a change or a training assignment."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from shared.answers.exported_stories import export
from shared.answers.exports import Exportable
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.exported_stories import read_story


@query(who=people.STAFF, after=export)
def export_record(call: Call, id: UUID, format: Literal["pdf", "json", "csv"]) -> Exportable:
    """Export a record, a change or a training assignment with its whole story, as JSON, CSV or PDF.

    It holds every version or round, signature, attachment and entry of the audit trail.
    """
    return read_story(call.tx, id, format, call.member, call.now)
