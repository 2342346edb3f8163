"""Answers about comments on changes."""

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import Named, OpenStep, steps
from shared.answers.rows import etag, written
from shared.domain.changes import comments
from shared.domain.people.people import Member


class Reply(TypedDict):
    """A comment by itself, or as a reply in a thread."""

    id: str
    change_id: str
    parent_id: str | None
    record_id: str | None
    field: str | None
    text: str
    author_id: str
    author: Named
    status: str
    resolved_by: Named | None
    resolved_at: str | None
    open_steps: list[OpenStep]
    created_at: str
    updated_at: str
    etag: str


class Comment(Reply):
    """The first comment of a thread, with its replies."""

    replies: list[Reply]


class AComment(TypedDict):
    """The comment after the step."""

    comment: Reply


def comment(remark: comments.Remark, details: Mapping[str, Any], by: Member) -> Reply:
    """A comment; `details` names its author and who resolved it."""
    row = remark.comment
    return {
        "id": str(row.id),
        "change_id": str(row.change_id),
        "parent_id": written(row.parent_id),
        "record_id": written(row.record_id),
        "field": row.field,
        "text": row.text,
        "author_id": str(row.author_id),
        "status": row.status,
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
        "resolved_by": details["resolved_by"],
        "resolved_at": written(row.resolved_at),
        "etag": etag(row.revision),
        "author": details["author"],
        "open_steps": steps(comments.WORKFLOW.open_steps(remark, by), by),
    }


def threads(found: Iterable[Reply]) -> list[Comment]:
    """The comments, oldest first, each with the replies of its thread."""
    begun: dict[str, Comment] = {}
    for one in found:
        if one["parent_id"] is None:
            begun[one["id"]] = {**one, "replies": []}
        else:
            begun[one["parent_id"]]["replies"].append(one)
    return list(begun.values())
