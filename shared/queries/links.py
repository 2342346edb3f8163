"""Links between records and changes, and the whole trail over them: what led to a record, what came of it, and who was trained for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers.parts import Pointer
from shared.answers.rows import as_answers
from shared.answers.versions import Trail, TrailLink, TrailRecord, Trained
from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence
from shared.domain.records.links import Link
from shared.queries.names import person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.db.transaction import Transaction

DEEPEST = 8  # links from the record that is asked about
MOST = 200  # records and changes, the nearest first
MOST_PEOPLE = 500
BACKWARD = "('caused_by', 'trains')"  # these types lead from what came of something to what it came from
MATERIAL = "(t.content #>> '{material,document_id}')::uuid"  # the document that a training `t` is about
TRAIL = sql(
    "link_trail", backward=BACKWARD, material=MATERIAL, deepest=DEEPEST, most=MOST, person=person("g.person_id"), most_people=MOST_PEOPLE
)


def load_link(tx: Transaction, record_id: UUID, link_id: UUID) -> Link:
    """One link of a record, from whichever end; raises NotFound."""
    row = tx.row(
        "select to_jsonb(l) as link from links l where l.id = :link and (l.from_id = :record or l.to_id = :record)",
        link=link_id,
        record=record_id,
    )
    if row is None:
        raise NotFound(Sentence("no_such_link", "There is no such link of this record."))
    return read(Link, row.link)


def links_between(tx: Transaction, ends: Mapping[UUID, UUID], type_: str) -> list[Link]:
    """The links of a type from each of these records to the one that it maps to."""
    rows = tx.rows(
        "select to_jsonb(l) as link from unnest(cast(:starts as uuid[]), cast(:ends as uuid[])) p (from_id, to_id)"
        " join links l on l.from_id = p.from_id and l.to_id = p.to_id and l.type = :type",
        starts=[str(one) for one in ends],
        ends=[str(one) for one in ends.values()],
        type=type_,
    )
    return [read(Link, row.link) for row in rows]


def is_linked(tx: Transaction, from_id: UUID, type_: str, to_id: UUID) -> bool:
    """Whether such a link is there already."""
    return (
        tx.row(
            "select 1 as there from links l where l.from_id = :start and l.type = :type and coalesce(l.to_id, l.change_id) = :end",
            start=from_id,
            type=type_,
            end=to_id,
        )
        is not None
    )


def show_link_trail(tx: Transaction, record_id: UUID) -> Trail:
    """Everything that led to a record or came of it, over at most eight links, and the people trained for that."""
    row: Any = tx.row(TRAIL, id=record_id)
    return {
        "records": as_answers(TrailRecord, row.records),
        "changes": as_answers(Pointer, row.changes),
        "links": as_answers(TrailLink, row.links),
        "people": as_answers(Trained, row.people),
    }
