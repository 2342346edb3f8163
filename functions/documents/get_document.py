"""One document."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import Record
from shared.app.call import Call
from shared.domain.documents import documents
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.shown_records import show_record


@query(who=people.READERS)
def get_document(call: Call, id: UUID) -> Record:
    """Show a document: its version in force, else its newest version, with files, signatures and open steps."""
    return show_record(call.tx, id, call.member, documents.KIND.name)
