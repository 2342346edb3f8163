"""Links between records and changes, and the whole trail over them: what led to a record, what came of it, and who was trained for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers.parts import Pointer
from shared.answers.rows import as_answers
from shared.answers.versions import Trail, TrailLink, TrailRecord, Trained
from shared.db import words
from shared.db.rows import read
from shared.domain.kernel.errors import NotFound
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
# Two walks that never turn round: on to what came of the record, and back to what led to it. So a record stands in another's trail exactly
# where that one stands in its own, and a procedure that was revised forty times doesn't drag in what those forty changes were about.
# The outermost limit is lazy: it ends the walk.
TRAIL = f"""
with recursive walk (id, onward, depth) as (
    select cast(:id as uuid), d.onward, 0 from (values (true), (false)) d (onward)
  union
    select e.id, w.onward, w.depth + 1 from walk w cross join lateral (
        select coalesce(l.to_id, l.change_id) as id from links l where l.from_id = w.id and (l.type in {BACKWARD}) <> w.onward
      union all
        select l.from_id from links l where l.to_id = w.id and (l.type in {BACKWARD}) = w.onward
      union all
        select l.from_id from links l where l.change_id = w.id and not w.onward
      union all
        select i.change_id from present_items i join changes c on c.organisation_id = i.organisation_id and c.id = i.change_id
          where i.record_id = w.id and (i.kind in {words.WORKED_ON}) = w.onward and c.status <> {words.DISCARDED}
      union all
        select i.record_id from present_items i join changes c on c.organisation_id = i.organisation_id and c.id = i.change_id
          where i.change_id = w.id and (i.kind in {words.WORKED_ON}) <> w.onward and c.status <> {words.DISCARDED}
      union all
        select t.id from records t where w.onward and t.kind = {words.TRAINING} and t.content #>> '{{material,document_id}}' = w.id::text
      union all
        select {MATERIAL} from records t where not w.onward and t.id = w.id and t.kind = {words.TRAINING} and {MATERIAL} is not null
    ) e where w.depth < {DEEPEST}
),
reached as materialized (
    select w.id, min(w.depth) as depth, bool_or(w.onward) as onward
    from (select * from walk limit 20 * {MOST}) w group by w.id order by 2, 1 limit {MOST}
)
select
  (select jsonb_agg(jsonb_build_object('id', r.id, 'kind', r.kind, 'number', r.number, 'title', r.title, 'status', r.status,
      'version', r.version) order by n.depth, r.id) from reached n join records r on r.id = n.id) as records,
  (select jsonb_agg(jsonb_build_object('id', c.id, 'kind', {words.CHANGE}, 'number', c.number, 'title', c.title, 'status', c.status)
      order by n.depth, c.id) from reached n join changes c on c.id = n.id) as changes,
  (select jsonb_agg(jsonb_build_object('from', x.from_id, 'type', x.type, 'to', x.to_id) order by x.depth, x.from_id, x.type, x.to_id) from (
      select least(a.depth, b.depth) as depth, l.from_id, l.type, b.id as to_id
        from reached a join links l on l.from_id = a.id join reached b on b.id = coalesce(l.to_id, l.change_id)
      union
      select least(a.depth, b.depth), i.change_id, 'changes', i.record_id
        from reached a join present_items i on i.change_id = a.id join reached b on b.id = i.record_id
      union
      select least(a.depth, b.depth), t.id, 'trains', b.id
        from reached a join records t on t.id = a.id and t.kind = {words.TRAINING} join reached b on b.id = {MATERIAL}) x) as links,
  (select jsonb_agg(jsonb_build_object('person', {person("g.person_id")}, 'status', g.status, 'assignment_id', g.id,
      'training_id', t.id, 'training', t.number, 'version', g.version, 'document_id', g.document_id, 'document_version', g.document_version,
      'completed_at', g.completed_at) order by g.id desc)
    from (select a.* from assignments a where a.record_id in (select n.id from reached n where n.onward)
        or a.document_id in (select n.id from reached n where n.onward) order by a.id desc limit {MOST_PEOPLE}) g
    join records t on t.organisation_id = g.organisation_id and t.id = g.record_id) as people
"""


def load_link(tx: Transaction, record_id: UUID, link_id: UUID) -> Link:
    """One link of a record, from whichever end; raises NotFound."""
    row = tx.row(
        "select to_jsonb(l) as link from links l where l.id = :link and (l.from_id = :record or l.to_id = :record)",
        link=link_id, record=record_id,
    )  # fmt: skip
    if row is None:
        raise NotFound("There is no such link of this record.")
    return read(Link, row.link)


def links_between(tx: Transaction, ends: Mapping[UUID, UUID], type_: str) -> list[Link]:
    """The links of a type from each of these records to the one that it maps to."""
    rows = tx.rows(
        "select to_jsonb(l) as link from unnest(cast(:starts as uuid[]), cast(:ends as uuid[])) p (from_id, to_id)"
        " join links l on l.from_id = p.from_id and l.to_id = p.to_id and l.type = :type",
        starts=[str(one) for one in ends], ends=[str(one) for one in ends.values()], type=type_,
    )  # fmt: skip
    return [read(Link, row.link) for row in rows]


def is_linked(tx: Transaction, from_id: UUID, type_: str, to_id: UUID) -> bool:
    """Whether such a link is there already."""
    return tx.row(
        "select 1 as there from links l where l.from_id = :start and l.type = :type and coalesce(l.to_id, l.change_id) = :end",
        start=from_id, type=type_, end=to_id,
    ) is not None  # fmt: skip


def show_link_trail(tx: Transaction, record_id: UUID) -> Trail:
    """Everything that led to a record or came of it, over at most eight links, and the people trained for that."""
    row: Any = tx.row(TRAIL, id=record_id)
    return {
        "records": as_answers(TrailRecord, row.records), "changes": as_answers(Pointer, row.changes),
        "links": as_answers(TrailLink, row.links), "people": as_answers(Trained, row.people),
    }  # fmt: skip
