"""Export whole records as an archive."""

from __future__ import annotations

from uuid import UUID

from shared.answers.parts import named
from shared.answers.rows import as_answer
from shared.answers.sheets import SheetFile
from shared.app.call import Call
from shared.app.record_archives import Archived
from shared.domain.people import people
from shared.domain.reports import archives
from shared.doors.http import command
from shared.queries.exports import read_export


def _read(call: Call, ids: list[UUID]) -> Archived:
    """The records, read; raises NotFound and Conflict."""
    archives.refuse_too_many_records(ids, archives.MOST_AT_ONCE)
    materials = [read_export(call.tx, one, "json", call.member, call.now) for one in ids]
    return Archived(tuple(materials), call.organisation.name, named(call.person.id, call.name), call.now)


@command(who=people.STAFF, of=_read, before=Archived.file)
def export_records(call: Call, ids: list[UUID]) -> SheetFile:  # noqa: ARG001 - `_read` reads them
    """Export up to ten records as a ZIP: of each PDF, JSON and files, with a manifest of their SHA-256; more with start_export."""
    assert isinstance(call.prepared, dict)  # noqa: S101 - what the door prepared
    return as_answer(SheetFile, call.prepared)
