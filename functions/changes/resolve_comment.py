"""Resolve a comment on a change."""

from __future__ import annotations

from uuid import UUID

from shared.answers.comments import AComment
from shared.app.call import Call
from shared.domain.changes import comments
from shared.doors.http import command
from shared.queries.comments import load_comment, show_comment


@command
def resolve_comment(call: Call, comment_id: UUID) -> AComment:
    """Resolve a thread; whoever began it, an author of the change or QA may do so."""
    remark = load_comment(call.tx, comment_id)
    call.match(remark.comment)
    call.save(comments.resolve(remark, by=call.member, at=call.now))
    return {"comment": show_comment(call.tx, comment_id, call.member)}
