"""Who must be trained in what, in the database: each question in one statement, however many people there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers import training_matrix as answers
from shared.answers.pages import MOST_BYTES, after_cursor, size, to_cursor
from shared.db import words
from shared.db.rows import read, read_all
from shared.db.sql import sql
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence
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
        f" s.organisation_id = {v}.organisation_id and s.record_id = {v}.record_id and s.version <= {v}.version"
        f" and s.status <> {words.RECALLED})"
    )


def needed(scope: str, chosen: Callable[[str], str]) -> str:
    """SQL for the requirements among the records of `scope`, each in the version that `chosen` picks, with that of its material."""
    return sql(
        "training_needed", since=since("v"), scope=scope, version=chosen("v"), material_since=since("w"), material_version=chosen("w")
    )


LEARNER = """jsonb_build_object('person_id', m.person_id, 'role', m.role, 'team_ids', (select jsonb_agg(t.team_id) from team_members t
  where t.organisation_id = m.organisation_id and t.person_id = m.person_id))"""


def present(condition: str) -> str:
    """SQL for every open assignment, and the newest completed or waived one of each person, record and version of the material."""
    return sql("training_present", where=condition)


ON_MATERIAL = (
    f"r.kind = {words.TRAINING} and r.status in {words.TRAINING_IN_FORCE}"
    " and r.content #>> '{material,document_id}' = any(cast(:documents as text[]))"
)
OF_RECORDS = sql(
    "training_of_records",
    on_material=ON_MATERIAL,
    needed=needed("scope", newest),
    learns=LEARNS,
    learner=LEARNER,
    present=present("(a.record_id in (select s.id from scope s) or a.document_id = any(cast(cast(:documents as text[]) as uuid[])))"),
)
OF_PERSON = sql(
    "training_of_person", needed=needed("scope", newest), learner=LEARNER, learns=LEARNS, present=present("a.person_id = :person")
)
EXPIRING = sql("training_expiring")
AUDIENCES = "hashtextextended('audiences ' || current_setting('app.organisation_id'), 0)"
HOLD = sql("hold_materials", audiences=AUDIENCES)
MATRIX_PEOPLE = sql("matrix_people", person=person("x.person_id"), learner=LEARNER, learns=LEARNS)
MATRIX = sql("matrix", needed=needed("scope", on_the_day))


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
        OF_RECORDS,
        records=[str(one) for one in {*records, *documents}],
        documents=[str(one) for one in documents],
        people=[str(one) for one in people],
        today=tx.today,
    )
    return _standing(row)


def load_standing_of_person(tx: Transaction, person_id: UUID) -> Standing:
    """What is asked of one person, and what they have learnt."""
    return _standing(tx.row(OF_PERSON, person=person_id, today=tx.today))


def learners_of(tx: Transaction, team_ids: Sequence[UUID]) -> list[UUID]:
    """The people of these teams who can be trained."""
    rows = tx.rows(
        "select distinct m.person_id from members m join team_members t on t.organisation_id = m.organisation_id"
        f" and t.person_id = m.person_id where t.team_id = any(cast(:teams as uuid[])) and {LEARNS} order by 1",
        teams=[str(one) for one in team_ids],
        today=tx.today,
    )
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
        id=change_id,
        zone=tx.organisation.time_zone,
    )
    if row is None:
        raise NotFound(Sentence("no_such_change", "There is no such change."))
    found: date | None = row.day
    return found


def show_matrix(
    tx: Transaction,
    *,
    team: UUID | None,
    training: UUID | None,
    person: UUID | None,
    change: UUID | None,
    on: date,
    untrained: bool,
    limit: int,
    cursor: str | None,
) -> answers.Matrix:
    """People by trainings as they stand on a day; with `untrained` only what is owed then, of those who owe any."""
    after, most = after_cursor(cursor, UUID) if cursor else None, (MOST_PEOPLE if untrained else limit) + 1
    people = tx.rows(MATRIX_PEOPLE, person=person, after=after, team=team, limit=most, today=tx.today)
    everybody = [str(one.person_id) for one in people[: most - 1]]
    standing = _standing(
        tx.row(MATRIX, training=training, change=change, people=everybody, on=on, today=tx.today, zone=tx.organisation.time_zone)
    )
    items: list[answers.MatrixRow] = []
    seen, room = after, MOST_BYTES
    for one in people[: most - 1]:
        if len(items) == limit:
            break
        cells = row_of(_learner(one.learner), standing, on, tx.organisation.today)
        cells = [cell for cell in cells if training in (None, cell.requirement.record_id) and not (untrained and cell.trained)]
        shown = answers.matrix_row(one.person, cells)
        room -= size(shown) if cells or not untrained else 0
        if room < 0 and items:
            break
        seen = one.person_id
        if cells or not untrained:
            items.append(shown)
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
