"""One document."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from shared.answers.records import Record
from shared.app.call import Call
from shared.domain.documents import documents
from shared.domain.people import people
from shared.doors.body import Between
from shared.doors.http import query
from shared.queries.past_records import show_past_record
from shared.queries.shown_records import show_record

Version = Annotated[int, Between(1, 10_000)]


@query(who=people.READERS)
def get_document(call: Call, id: UUID, version: Version | None = None, on: date | None = None) -> Record:
    """Show a document: its version in force, else its newest version, with files, signatures and open steps.

    `version` shows a version of before, and `on` the one that was in force at the end of that day; neither has open steps.
    """
    if version is None and on is None:
        return show_record(call.tx, id, call.member, documents.KIND.name)
    return show_past_record(call.tx, id, call.member, documents.KIND.name, version=version, on=on)
