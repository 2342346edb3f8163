"""Resolve a comment on a change."""

from __future__ import annotations

from uuid import UUID

from shared import comments
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.actions import AComment


@command
def resolve_comment(call: Call, comment_id: UUID) -> AComment:
    """Settle a thread: for who began it, an author of the change, or QA."""
    remark = call.store.comment(comment_id)
    call.match(remark.comment)
    call.save(comments.resolve(remark, by=call.member, at=call.now))
    return {"comment": call.store.show_comment(comment_id, call.member)}
