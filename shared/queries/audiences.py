"""Who must be trained in what, in the database: each question in one statement, however many people there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers import trainings as answers
from shared.answers.pages import after_cursor, to_cursor
from shared.db import words
from shared.db.rows import read, read_all
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.values import replace
from shared.domain.trainings.assignments import Assignment
from shared.domain.trainings.audiences import Learner, Requirement, Standing
from shared.domain.trainings.training_matrix import row_of
from shared.queries.names import person

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

MOST_PEOPLE = 500  # of whom one page of the untrained is picked
LEARNS = f"m.status = {words.ACTIVE} and m.role in {words.LEARNERS} and (m.role_until is null or m.role_until >= :today)"
ON_DAY = "cast({column} at time zone :zone as date)"


def newest(v: str) -> str:
    """SQL for the newest approved version among the versions `v` of a record."""
    return f"{v}.status in {words.LIVING} order by {v}.version desc limit 1"


def on_the_day(v: str) -> str:
    """SQL for the version of a record in force on the day :on; before any is, for the one that waits."""
    made, begun, ended = (ON_DAY.format(column=f"{v}.{name}") for name in ("created_at", "effective_at", "ended_at"))
    from_then_on = f"coalesce({begun}, {v}.effective_on, case when {v}.status not in {words.WAITING} then {made} end) <= :on"
    return (
        f"{v}.status <> {words.RECALLED} and {made} <= :on and ({v}.ended_at is null or {ended} > :on)"
        f" order by {from_then_on} desc nulls last, {v}.version desc limit 1"
    )


def since(v: str) -> str:
    """SQL for the newest version, up to this one, that asked for training."""
    return (
        "(select coalesce(max(s.version) filter (where not s.content ? 'no_retraining_reason'), 1) from versions s where"
        f" s.organisation_id = {v}.organisation_id and s.record_id = {v}.record_id and s.version <= {v}.version and s.status <> {words.RECALLED})"
    )


def needed(scope: str, chosen: Callable[[str], str]) -> str:
    """SQL for the requirements among the records of `scope`, each in the version that `chosen` picks, with that of its material."""
    return f"""
select r.organisation_id, r.id as record_id, r.kind, r.number, r.title, v.version, {since("v")} as since, v.content -> 'audience' as audience,
  cast(v.content ->> 'days_to_complete' as integer) as days, d.record_id as document_id, d.version as document_version, d.since as document_since,
  least(case when e.effective_on >= :today then e.effective_on end, case when d.effective_on >= :today then d.effective_on end) as effective_on
from {scope} r
join lateral (select v.* from versions v where v.organisation_id = r.organisation_id and v.record_id = r.id and {chosen("v")}) v on true
left join changes e on e.organisation_id = v.organisation_id and e.id = v.change_id
left join lateral (select w.record_id, w.version, {since("w")} as since, c.effective_on
  from versions w left join changes c on c.organisation_id = w.organisation_id and c.id = w.change_id
  where w.organisation_id = r.organisation_id and w.record_id = case when r.kind = {words.DOCUMENT} then r.id
    else cast(v.content #>> '{{material,document_id}}' as uuid) end and {chosen("w")}) d on true
where case r.kind when {words.DOCUMENT} then v.content ? 'audience' else v.content #>> '{{material,document_id}}' is null or d.version is not null end
"""


LEARNER = """jsonb_build_object('person_id', m.person_id, 'role', m.role, 'team_ids', (select jsonb_agg(t.team_id) from team_members t
  where t.organisation_id = m.organisation_id and t.person_id = m.person_id))"""


def present(condition: str) -> str:
    """SQL for every open assignment, and the newest completed or waived one of each person, record and version of the material."""
    return f"""(select jsonb_agg(to_jsonb(x)) from (select distinct on (a.record_id, a.person_id, a.closed_at is null) a.* from assignments a
  where {condition} and (a.closed_at is null or a.status in {words.LEARNT_ONCE})
  order by a.record_id, a.person_id, a.closed_at is null, a.id desc) x)"""


ON_MATERIAL = f"r.kind = {words.TRAINING} and r.status in {words.TRAINING_IN_FORCE} and r.content #>> '{{material,document_id}}' = any(cast(:documents as text[]))"
OF_RECORDS = f"""
with scope as materialized (select r.* from records r where r.id = any(cast(:records as uuid[])) or ({ON_MATERIAL})),
  needed as materialized ({needed("scope", newest)}),
  learners as (select m.* from members m where {LEARNS} and (m.person_id = any(cast(:people as uuid[]))
    or exists (select from assignments a where a.organisation_id = m.organisation_id and a.person_id = m.person_id and a.closed_at is null
      and a.record_id in (select s.id from scope s))
    or exists (select from needed n where n.audience -> 'roles' ? m.role or n.audience -> 'person_ids' ? cast(m.person_id as text)
      or exists (select from team_members t where t.organisation_id = m.organisation_id and t.person_id = m.person_id
        and n.audience -> 'team_ids' ? cast(t.team_id as text)))))
select (select jsonb_agg(to_jsonb(n)) from needed n) as needed, (select jsonb_agg({LEARNER}) from learners m) as learners,
  {present("(a.record_id in (select s.id from scope s) or a.document_id = any(cast(cast(:documents as text[]) as uuid[])))")} as present
"""
OF_PERSON = f"""
with scope as materialized (select r.* from records r where r.id in (
    select v.record_id from versions v join members m on m.organisation_id = v.organisation_id and m.person_id = :person
      where v.content ? 'audience' and v.status in {words.LIVING} and (v.content #> '{{audience,roles}}' ? m.role
        or v.content #> '{{audience,person_ids}}' ? cast(m.person_id as text)
        or v.content #> '{{audience,team_ids}}' ?| array(select cast(t.team_id as text) from team_members t where t.person_id = :person))
    union select a.record_id from assignments a where a.person_id = :person and a.closed_at is null)),
  needed as materialized ({needed("scope", newest)})
select (select jsonb_agg(to_jsonb(n)) from needed n) as needed,
  (select jsonb_agg({LEARNER}) from members m where m.person_id = :person and {LEARNS}) as learners, {present("a.person_id = :person")} as present
"""
EXPIRING = f"""
select to_jsonb(a) as assignment from assignments a join versions v on v.organisation_id = a.organisation_id
  and v.record_id = a.record_id and v.version = a.version
where a.status = {words.COMPLETED} and a.valid_until <= cast(:today as date) + 365
  and a.valid_until <= cast(:today as date) + cast(coalesce(v.content ->> 'days_to_complete', '14') as integer)
  and not exists (select from assignments n where n.organisation_id = a.organisation_id and n.record_id = a.record_id
    and n.person_id = a.person_id and n.id > a.id and n.status not in {words.NEEDLESS})
order by a.valid_until, a.id limit 10000
"""
AUDIENCES = "hashtextextended('audiences ' || current_setting('app.organisation_id'), 0)"
HOLD = f"""
select count(*) as held from (select case when k.shared then pg_advisory_xact_lock_shared(k.key) else pg_advisory_xact_lock(k.key) end
  from (select {AUDIENCES} as key, true as shared union select hashtextextended(
    'material ' || current_setting('app.organisation_id') || i.id, 0), false from unnest(cast(:ids as text[])) i (id) order by 2 desc, 1) k) x
"""
MATRIX_PEOPLE = f"""
select x.person_id, x.learner, {person("x.person_id")} as person from (select m.person_id, {LEARNER} as learner from members m
where {LEARNS} and (cast(:person as uuid) is null or m.person_id = :person) and (cast(:after as uuid) is null or m.person_id > :after)
  and (cast(:team as uuid) is null or exists (select from team_members t where t.team_id = :team and t.person_id = m.person_id))
order by m.person_id limit :limit) x order by x.person_id
"""
MATRIX = f"""
with scope as materialized (select r.* from records r where r.kind in {words.LEARNT} and r.latest_version > 0
    and (cast(:training as uuid) is null or r.id = :training or r.content #>> '{{material,document_id}}' = cast(cast(:training as uuid) as text))
    and (cast(:change as uuid) is null or r.id in (select i.record_id from present_items i where i.change_id = :change)
      or r.content #>> '{{material,document_id}}' in (select cast(i.record_id as text) from present_items i where i.change_id = :change))
    and (r.kind = {words.TRAINING} or exists (select from versions v where v.record_id = r.id and v.content ? 'audience'))),
  needed as materialized ({needed("scope", on_the_day)})
select (select jsonb_agg(to_jsonb(n) order by n.number) from needed n) as needed, null as learners,
  (select jsonb_agg(to_jsonb(a)) from assignments a where a.person_id = any(cast(:people as uuid[])) and a.status not in {words.NEEDLESS}
    and (a.record_id in (select n.record_id from needed n) or a.document_id in (select n.record_id from needed n))) as present
"""


def hold_audiences(tx: Transaction) -> None:
    """Keep what is asked of people as it is until this transaction ends: who moves people waits for whoever approves, and they for them."""
    tx.row(f"select 1 as held from (select pg_advisory_xact_lock({AUDIENCES})) x")


def hold_materials(tx: Transaction, ids: Iterable[UUID]) -> None:
    """Keep what these trainings and documents ask for as it is until this transaction ends.

    Who approves a document and who approves a training on it name the same document, so that the second sees what the first did;
    always in the same order, so that no two wait for each other. Others go on meanwhile, but for those who move people.
    """
    tx.row(HOLD, ids=sorted({str(one) for one in ids}))


def load_standing(tx: Transaction, records: Sequence[UUID], documents: Sequence[UUID] = (), people: Sequence[UUID] = ()) -> Standing:
    """What these records ask for, with the trainings on these documents: of everybody in their audiences, and of `people`."""
    row = tx.row(
        OF_RECORDS, records=[str(one) for one in {*records, *documents}], documents=[str(one) for one in documents],
        people=[str(one) for one in people], today=tx.today,
    )  # fmt: skip
    return _standing(row)


def load_standing_of_person(tx: Transaction, person_id: UUID) -> Standing:
    """What is asked of one person, and what they have learnt."""
    return _standing(tx.row(OF_PERSON, person=person_id, today=tx.today))


def learners_of(tx: Transaction, team_ids: Sequence[UUID]) -> list[UUID]:
    """The people of these teams who can be trained."""
    rows = tx.rows(
        "select distinct m.person_id from members m join team_members t on t.organisation_id = m.organisation_id"
        f" and t.person_id = m.person_id where t.team_id = any(cast(:teams as uuid[])) and {LEARNS} order by 1",
        teams=[str(one) for one in team_ids], today=tx.today,
    )  # fmt: skip
    return [row.person_id for row in rows]


def standing_of_rows(tx: Transaction, rows: Sequence[Assignment]) -> Standing:
    """What the trainings of these assignments ask for, of their people at least."""
    if not rows:
        return Standing((), {}, ())
    read_by_all = {row.record_id for row in rows if row.record_id == row.document_id}
    return load_standing(tx, [*{row.record_id for row in rows}], [*read_by_all], [*{row.person_id for row in rows}])


def quality_people(tx: Transaction) -> tuple[UUID, ...]:
    """Everybody who is told of a locked assignment: QA."""
    rows = tx.rows(f"select m.person_id from members m where m.role in {words.QA} and {LEARNS} order by 1", today=tx.today)
    return tuple(row.person_id for row in rows)


def load_expiring(tx: Transaction) -> list[Assignment]:
    """The completed assignments that run out within their days to complete, and that no newer one follows."""
    return [read(Assignment, row.assignment) for row in tx.rows(EXPIRING, today=tx.today)]


def day_of(tx: Transaction, change_id: UUID) -> date | None:
    """The day on which a change counts, where it has one; raises NotFound."""
    row = tx.row(
        f"select coalesce(c.effective_on, (select {ON_DAY.format(column='max(v.created_at)')} from versions v where v.change_id = c.id))"
        " as day from changes c where c.id = :id",
        id=change_id, zone=tx.organisation.time_zone,
    )  # fmt: skip
    if row is None:
        raise NotFound("There is no such change.")
    found: date | None = row.day
    return found


def show_matrix(tx: Transaction, *, team: UUID | None, training: UUID | None, person: UUID | None, change: UUID | None, on: date, untrained: bool, limit: int,
    cursor: str | None,
) -> answers.Matrix:  # fmt: skip
    """People by trainings as they stand on a day; with `untrained` only what is owed then, of those who owe any."""
    after, most = after_cursor(cursor, UUID) if cursor else None, (MOST_PEOPLE if untrained else limit) + 1
    people = tx.rows(MATRIX_PEOPLE, person=person, after=after, team=team, limit=most, today=tx.today)
    everybody = [str(one.person_id) for one in people[: most - 1]]
    standing = _standing(
        tx.row(MATRIX, training=training, change=change, people=everybody, on=on, today=tx.today, zone=tx.organisation.time_zone)
    )
    items: list[answers.MatrixRow] = []
    seen = after
    for one in people[: most - 1]:
        if len(items) == limit:
            break
        cells = row_of(_learner(one.learner), standing, on, tx.organisation.today)
        cells = [cell for cell in cells if training in (None, cell.requirement.record_id) and not (untrained and cell.trained)]
        seen = one.person_id
        if cells or not untrained:
            items.append(answers.matrix_row(one.person, cells))
    more = len(people) == most or (bool(people) and seen != people[-1].person_id)
    return {"on": on.isoformat(), "items": items, "next_cursor": to_cursor(str(seen)) if more and seen is not None else None}


def _standing(row: Any) -> Standing:  # noqa: ANN401 - a row of the statements above
    needs = tuple(_requirement(one) for one in row.needed or ())
    learners = {found.person_id: found for found in (_learner(one) for one in row.learners or ())}
    return Standing(needs, learners, read_all(Assignment, row.present))


def _requirement(row: Mapping[str, Any]) -> Requirement:
    audience = row["audience"] or {}
    teams, people = (frozenset(UUID(one) for one in audience.get(name) or ()) for name in ("team_ids", "person_ids"))
    roles = frozenset(audience.get("roles") or ())
    return replace(read(Requirement, row), team_ids=teams, person_ids=people, roles=roles)


def _learner(row: Mapping[str, Any]) -> Learner:
    return Learner(UUID(row["person_id"]), row["role"], frozenset(UUID(one) for one in row["team_ids"] or ()))
