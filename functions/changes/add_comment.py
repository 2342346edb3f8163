"""Comment on a change."""

from __future__ import annotations

from uuid import UUID

from shared.answers.actions import AComment
from shared.app.call import Call
from shared.domain.changes import comments
from shared.domain.people import people
from shared.doors.body import Name, Reason
from shared.doors.http import command


@command(who=people.ACTION_OWNERS)
def add_comment(
    call: Call, change_id: UUID, text: Reason, parent_id: UUID | None = None, record_id: UUID | None = None, field: Name | None = None
) -> AComment:
    """Say something about a change, one of its records or a field of it, or reply in a thread; it stays open until it is resolved."""
    proposal = call.store.proposal(change_id)
    call.match(proposal.change)
    parent = call.store.replied_to(change_id, parent_id)
    comment = comments.add(proposal, text, parent, record_id, field, by=call.member, at=call.now)
    call.save(comment)
    return {"comment": call.store.show_comment(comment.id, call.member)}
