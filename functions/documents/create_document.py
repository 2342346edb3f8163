"""Create a document: a draft, and the change that will make it version 1."""

from __future__ import annotations

from uuid import UUID

from shared.answers.changes import Created
from shared.app.call import Call
from shared.app.drafting import draft, numbered, put_items
from shared.domain.changes.items import Given
from shared.domain.documents import documents
from shared.domain.people.people import ACTION_OWNERS
from shared.doors.body import Reason, Title
from shared.doors.http import command
from shared.queries.shown_changes import show_change
from shared.queries.shown_records import show_record


@command(who=ACTION_OWNERS)
def create_document(
    call: Call,
    title: Title,
    type: str,
    content: documents.DocumentContent = {},
    reason: Reason | None = None,
    change_id: UUID | None = None,
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
) -> Created:
    """Create a draft document in a new change, or in your own draft change `change_id`; it is yours unless you name its owner."""
    of_type = documents.type_named(type)
    record = numbered(call, documents.KIND, title, of_type, content, "draft", owner_id=owner_id, team_id=team_id)
    change = draft(call, change_id, title=f"{record.number} {title}"[:300], reason=reason or f"New document {record.number}")
    call.save(record)
    proposal = put_items(call, change, [Given(record.id, "release", content=content)])
    return {"record": show_record(call.tx, record.id, call.member), "change": show_change(call.tx, proposal, call.member)}
