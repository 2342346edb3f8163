"""Comments on changes, in the database and as they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.db.rows import read
from shared.domain.changes.comments import Comment, Remark
from shared.domain.kernel.errors import Invalid, NotFound
from shared.domain.kernel.sentences import Sentence
from shared.queries.names import person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.answers.comments import Comment as ShownComment
    from shared.answers.comments import Reply
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member


def comment_row(alias: str) -> str:
    """SQL for a comment as JSON, with the names of who wrote it and who resolved it."""
    return (
        f"jsonb_build_object('comment', to_jsonb({alias}), 'author', {person(f'{alias}.author_id')},"
        f" 'resolved_by', {person(f'{alias}.resolved_by')})"
    )


def comment_rows(where: str) -> str:
    """SQL for the comments `k` as JSON, in the order of writing: those of the newest hundred threads."""
    newest = f"select y.id from comments y where {where.replace('k.', 'y.')} and y.parent_id is null order by y.id desc limit 100"
    return (
        f"(select jsonb_agg({comment_row('k')} order by k.id) from comments k where {where} and coalesce(k.parent_id, k.id) in ({newest}))"
    )


def load_comment(tx: Transaction, comment_id: UUID) -> Remark:
    """One comment with the authors of its change; raises NotFound."""
    row = tx.row(
        "select to_jsonb(k) as comment, (select jsonb_agg(a.person_id) from change_authors a where a.change_id = k.change_id) as authors"
        " from comments k where k.id = :id",
        id=comment_id,
    )
    if row is None:
        raise NotFound(Sentence("no_such_comment", "There is no such comment."))
    return Remark(read(Comment, row.comment), frozenset(UUID(one) for one in row.authors or ()))


def people_replied_to(tx: Transaction, change_id: UUID, comment_id: UUID | None) -> Comment | None:
    """The comment on a change that a reply is to, None where there is no reply; raises Invalid where it isn't there."""
    if comment_id is None:
        return None
    row = tx.row(
        "select to_jsonb(k) as comment from comments k where k.id = :id and k.change_id = :change", id=comment_id, change=change_id
    )
    if row is None:
        raise Invalid("parent_id", Sentence("no_such_comment_here", "There is no such comment on this change."))
    return read(Comment, row.comment)


def show_comment(tx: Transaction, comment_id: UUID, by: Member) -> Reply:
    """One comment as it shows."""
    row = tx.row(f"select {comment_row('k')} as row from comments k where k.id = :id", id=comment_id)
    assert row is not None  # noqa: S101 - the step just wrote it
    return shown_comment(row.row, load_comment(tx, comment_id).authors, by)


def shown_comment(row: Mapping[str, Any], authors: frozenset[UUID], by: Member) -> Reply:
    """A comment from the JSON of `comment_row`."""
    from shared.answers import comments as answers

    return answers.comment(Remark(read(Comment, row["comment"]), authors), row, by)


def shown_threads(rows: Iterable[Mapping[str, Any]] | None, authors: frozenset[UUID], by: Member) -> list[ShownComment]:
    """The threads of a change, from the JSON of `comment_rows`."""
    from shared.answers import comments as answers

    return answers.threads([shown_comment(row, authors, by) for row in rows or ()])
