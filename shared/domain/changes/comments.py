"""Comments on a change while it is drafted and reviewed: threaded, and open until somebody resolves them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.changes.proposals import UNDECIDED
from shared.domain.kernel import ids, text
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import dataclass, replace
from shared.domain.kernel.workflow import Actor, Gate, Phase, Relation, Step, Workflow
from shared.domain.people.people import ACTION_OWNERS, QA, Member

if TYPE_CHECKING:
    from shared.domain.changes.proposals import Proposal


class Status(StrEnum):
    """The status of a comment."""

    OPEN = "open"
    RESOLVED = "resolved"


S = Status


@dataclass(frozen=True)
class Comment:
    """A remark about a change, or about a field of one of its records; a reply names the comment that began its thread."""

    organisation_id: UUID
    id: UUID
    change_id: UUID
    parent_id: UUID | None
    record_id: UUID | None
    field: str | None
    text: str
    author_id: UUID
    status: str
    created_at: datetime
    updated_at: datetime
    resolved_by: UUID | None = None
    resolved_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class Remark:
    """A comment with the authors of its change: the subject of WORKFLOW's steps."""

    comment: Comment
    authors: frozenset[UUID]

    @property
    def status(self) -> str:
        """The comment's own status."""
        return self.comment.status


def _may_resolve(remark: Remark, by: Actor) -> bool:
    return by.person_id in {remark.comment.author_id, *remark.authors} or QA.admits(by)


def _begins_a_thread(remark: Remark, _: Actor) -> Sentence | None:
    reply = remark.comment.parent_id is not None
    return Sentence("reply_not_thread", "This is a reply; resolve the comment that began the thread.") if reply else None


CONCERNED = Relation(
    "concerned", _may_resolve, Sentence("concerned_only", "Only who wrote this comment, an author of the change or QA may resolve it.")
)
WORKFLOW = Workflow[Remark](
    "comment",
    "comment",
    {S.OPEN: Phase.OPEN, S.RESOLVED: Phase.DONE},
    #    step       from     to        who                        gate         function           signature  needs
    Step("resolve", (S.OPEN,), S.RESOLVED, ACTION_OWNERS & CONCERNED, Gate.DIRECT, "resolve_comment", None, (_begins_a_thread,)),
)


def add(
    proposal: Proposal, words_: str, parent: Comment | None, record_id: UUID | None, field: str | None, *, by: Member, at: datetime
) -> Comment:
    """A comment, or a reply in the thread of `parent`.

    Raises Conflict once the change is decided, and Invalid if the record isn't part of the change.
    """
    change = proposal.change
    if change.status not in UNDECIDED:
        raise Conflict(
            Sentence(
                "comments_closed", "This change is {status}; comments are for a draft or a change in approval.", status=Term(change.status)
            ),
            status=change.status,
        )
    if record_id is not None and record_id not in proposal.dossiers:
        raise Invalid("record_id", Sentence("record_not_in_change", "This record isn't part of the change."))
    if field is not None and record_id is None:
        raise Invalid("field", Sentence("record_of_field_needed", "Name the record that the field belongs to (record_id)."))
    thread = None if parent is None else parent.parent_id or parent.id
    return Comment(
        organisation_id=change.organisation_id,
        id=ids.new(at),
        change_id=change.id,
        parent_id=thread,
        record_id=record_id,
        field=field,
        text=text.check("text", words_, text.REASON),
        author_id=by.person_id,
        status=S.OPEN,
        created_at=at,
        updated_at=at,
    )


def resolve(remark: Remark, *, by: Member, at: datetime) -> Comment:
    """Resolve the thread."""
    WORKFLOW.permit("resolve", remark, by)
    return replace(remark.comment, status=S.RESOLVED, resolved_by=by.person_id, resolved_at=at, updated_at=at)
