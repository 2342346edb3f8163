"""Comment on a change."""

from __future__ import annotations

from uuid import UUID

from shared.answers.comments import AComment
from shared.app.call import Call
from shared.domain.changes import comments
from shared.domain.people import people
from shared.doors.body import Name, Reason
from shared.doors.http import command
from shared.queries.comments import people_replied_to, show_comment
from shared.queries.proposals import load_proposal


@command(who=people.ACTION_OWNERS)
def add_comment(
    call: Call, change_id: UUID, text: Reason, parent_id: UUID | None = None, record_id: UUID | None = None, field: Name | None = None
) -> AComment:
    """Comment on a change, on one of its records or on a field, or reply in a thread; a thread stays open until somebody resolves it."""
    proposal = load_proposal(call.tx, change_id)
    call.match(proposal.change)
    parent = people_replied_to(call.tx, change_id, parent_id)
    comment = comments.add(proposal, text, parent, record_id, field, by=call.member, at=call.now)
    call.save(comment)
    return {"comment": show_comment(call.tx, comment.id, call.member)}
