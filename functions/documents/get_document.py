"""One document."""

from __future__ import annotations

from uuid import UUID

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.records import Record


@query(who=people.READERS)
def get_document(call: Call, id: UUID) -> Record:
    """Show a document: its version in force, else its newest, with files, signatures and what can be done."""
    return call.store.show(id, call.member, "document")
