"""Resolve a comment on a change."""

from __future__ import annotations

from uuid import UUID

from shared.answers.actions import AComment
from shared.app.call import Call
from shared.domain.changes import comments
from shared.doors.http import command


@command
def resolve_comment(call: Call, comment_id: UUID) -> AComment:
    """Settle a thread: for who began it, an author of the change, or QA."""
    remark = call.store.comment(comment_id)
    call.match(remark.comment)
    call.save(comments.resolve(remark, by=call.member, at=call.now))
    return {"comment": call.store.show_comment(comment_id, call.member)}
