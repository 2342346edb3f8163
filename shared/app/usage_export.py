"""The usage export: counts made in PostgreSQL, one function a query, suppressed, released once and loaded into BigQuery by day.

Memory holds the groups of one day, never single facts, so it doesn't grow with usage. Releases are stored: repeated, concurrent or
resumed runs load the same rows into the same days.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.db import database, words
from shared.domain.kernel.workflow import SYSTEM, Gate
from shared.domain.records.lifecycles import WORKFLOWS
from shared.domain.reports import usage
from shared.domain.reports.usage import Cell, Row, Table
from shared.google import bigquery

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

ROLE = "qfacts_usage"
# One query counts one function's facts of one day; the socket times out after 20 seconds.
SETTINGS = {"app.actor": "system:export_usage", "app.step": "export_usage", "app.source": "job", "statement_timeout": "18s"}
DAYS = 3
SETTLED = dt.timedelta(minutes=10)  # after midnight; by then no transaction of the day before is still running
FACTS_KEPT = dt.timedelta(days=40)
PAGE = 50  # organisations a query, which reads their members' facts of a month
Released = Mapping[str, Sequence[Row]]

STEPS = """
with next as (select min(f.function) as function from usage_facts f where f.day = :day and f.function > :after)
select (select function from next) as function, c.role, c.outcome, c.refusal, grouping(c.role) = 1 as total,
  count(distinct c.person_id) as people, count(distinct c.organisation_id) as organisations,
  cast(sum(c.times) as bigint) as count, max(c.times) as most
from (select f.role, f.outcome, f.refusal, f.organisation_id, f.person_id, count(*) as times from usage_facts f
  where f.day = :day and f.function = (select function from next) group by 1, 2, 3, 4, 5) c
group by grouping sets ((c.role, c.outcome, c.refusal), (c.outcome))
"""
OVERDUE = """
select 'action' as kind, c.state, count(distinct c.owner_id) as people, count(distinct c.organisation_id) as organisations,
  cast(sum(c.times) as bigint) as count, max(c.times) as most
from (select case when a.due_on < cast(:day as date) then 'overdue' else 'in_time' end as state, a.organisation_id, a.owner_id,
    count(*) as times from actions a where a.created_at < cast(:next as date)
    and coalesce(a.completed_at, a.closed_at, 'infinity') >= cast(:next as date) group by 1, 2, 3) c
group by c.state
"""
CYCLES = f"""
select c.kind, count(distinct c.person_id) as people, count(distinct c.organisation_id) as organisations, count(*) as count,
  max(c.times) as most, percentile_cont(0.5) within group (order by c.days) as median,
  percentile_cont(0.9) within group (order by c.days) as p90
from (select d.*, count(*) over (partition by d.kind, d.person_id) as times, extract(epoch from d.took) / 86400 as days from (
  select 'submit_to_approve' as kind, q.organisation_id, q.submitted_by as person_id, q.closed_at - q.created_at as took
    from approval_requests q where q.status = {words.APPROVED_REQUEST}
    and q.closed_at >= cast(:month as date) and q.closed_at < cast(:next as date)
  union all
  select case r.kind {words.CYCLE} end,
    r.organisation_id, r.owner_id, r.closed_at - r.created_at
    from records r where r.closed_at >= cast(:month as date) and r.closed_at < cast(:next as date)
    and (r.kind, r.status) in {words.DONE}) d) c
group by c.kind
"""
# A person counts once, in the first organisation that they belong to, so that pages can be added up.
# The lateral join and the day arithmetic keep PostgreSQL from an index on days, by which each page would read all facts of the month.
ADOPTION = f"""
select a.size, count(*) filter (where not exists (select from members x where x.person_id = a.person_id
    and x.organisation_id < a.organisation_id)) as people, count(distinct a.organisation_id) as organisations, count(*) as count
from (select s.organisation_id, f.person_id, width_bucket(s.members, array[11, 51, 251]) as size
  from (select m.organisation_id, cast(count(*) as integer) as members from members m
    where m.organisation_id = any(cast(:ids as uuid[])) and m.status = {words.ACTIVE} group by 1) s
  cross join lateral (select distinct f.person_id from usage_facts f
    where f.organisation_id = s.organisation_id and f.day - cast(:month as date) >= 0 and f.day - cast(:next as date) < 0) f) a
group by a.size
"""


def export() -> dict[str, int]:
    """Release and load all complete days and months; raises usage.NotAnonymous before anything not allowed is sent."""
    usage.refuse_unlisted((*usage.DAILY, *usage.MONTHLY))
    with database.current().transaction(role=ROLE, settings=SETTINGS) as tx:
        today = (tx.now.astimezone(dt.UTC) - SETTLED).date()
    parts: list[tuple[tuple[Table, ...], dt.date, Callable[[Transaction, dt.date], Released]]]
    parts = [(usage.DAILY, today - dt.timedelta(days=back), _day) for back in range(DAYS, 0, -1)]
    month = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    if today - month <= FACTS_KEPT:
        parts.append((usage.MONTHLY, month, _month))
    for table in (*usage.DAILY, *usage.MONTHLY):
        bigquery.ensure(table)
    counts = {"partitions": 0, "rows": 0}
    for tables, day, count in parts:
        rows = released(tables, day, count)
        for table in tables:
            counts["rows"] += bigquery.load(table, day, rows[table.name])
            counts["partitions"] += 1
    return counts


def released(tables: Sequence[Table], day: dt.date, count: Callable[[Transaction, dt.date], Released]) -> Released:
    """The published rows of a day or month, by table: the stored release, or a new one. An empty result isn't stored."""
    names = [table.name for table in tables]
    with database.current().transaction(role=ROLE, settings=SETTINGS) as tx:
        kept = _kept(tx, names, day)
        if not kept:
            made = count(tx, day)
            for table in tables:
                usage.refuse_unknown(table, made[table.name])
            if any(made.values()):
                tx.rows(
                    "insert into usage_releases (table_name, day, rows) select e.key, :day, e.value"
                    " from jsonb_each(cast(:rows as jsonb)) e order by e.key on conflict do nothing",
                    day=day,
                    rows=json.dumps(made),
                )
            kept = _kept(tx, names, day)  # the first release wins
    return {table.name: [{table.partition: day.isoformat(), **row} for row in kept.get(table.name, ())] for table in tables}


def _kept(tx: Transaction, names: Sequence[str], day: dt.date) -> dict[str, list[Row]]:
    sql = "select r.table_name, r.rows from usage_releases r where r.day = :day and r.table_name = any(cast(:names as text[]))"
    return {row.table_name: row.rows for row in tx.rows(sql, day=day, names=list(names))}


def _day(tx: Transaction, day: dt.date) -> Released:
    steps: list[Cell] = []
    taken: list[Cell] = []
    for row in _pages(tx, day):
        if not row.total:
            steps.append(_cell(row, "role", "outcome", "refusal", function=row.function))
        elif row.outcome == "done" and (step := lifecycle_step(row.function)):
            taken.append(_cell(row, kind=step[0], step=step[1]))
    overdue = [_cell(row, "kind", "state") for row in tx.rows(OVERDUE, day=day, next=day + dt.timedelta(days=1))]
    return {
        usage.USAGE.name: usage.publish(usage.USAGE, usage.suppress_steps(steps), "steps"),
        usage.STEPS.name: usage.publish(usage.STEPS, usage.suppress(taken), "taken"),
        usage.OVERDUE.name: usage.publish(usage.OVERDUE, usage.suppress(overdue), "things"),
    }


def _pages(tx: Transaction, day: dt.date) -> Iterator[Any]:
    """The groups of a day, from one query for each function."""
    after = ""
    while page := tx.rows(STEPS, day=day, after=after):
        yield from page
        after = page[0].function


def _month(tx: Transaction, month: dt.date) -> Released:
    after = (month + dt.timedelta(days=31)).replace(day=1)
    cycles = [
        _cell(row, "kind", median_days=_half_days(row.median), p90_days=_half_days(row.p90))
        for row in tx.rows(CYCLES, month=month, next=after)
    ]
    return {
        usage.CYCLES.name: usage.publish(usage.CYCLES, usage.suppress(cycles), "records"),
        usage.ADOPTION.name: usage.publish(usage.ADOPTION, usage.suppress(_adoption(tx, month, after)), "active_people"),
    }


def _adoption(tx: Transaction, month: dt.date, after: dt.date) -> list[Cell]:
    sizes = [(0, 0, 0)] * len(usage.SIZES)
    cursor = UUID(int=0)
    pages = "select o.id from organisations o where o.id > :cursor order by o.id limit :page"
    while page := tx.rows(pages, cursor=cursor, page=PAGE):
        cursor = page[-1].id
        for row in tx.rows(ADOPTION, ids=[str(one.id) for one in page], month=month, next=after):
            people, organisations, count = sizes[row.size]
            sizes[row.size] = (people + row.people, organisations + row.organisations, count + row.count)
    return [
        Cell(
            labels={"size_band": band},
            people=people,
            organisations=organisations,
            count=count,
            most=1,
            values={"organisations": usage.rounded(organisations)},
        )
        for band, (people, organisations, count) in zip(usage.SIZES, sizes, strict=True)
        if count
    ]


def _cell(row: Any, *labels: str, **more: str | float) -> Cell:  # noqa: ANN401 - a row of the statements above
    named = {name: value for name, value in more.items() if isinstance(value, str)} | {name: getattr(row, name) for name in labels}
    values = {name: value for name, value in more.items() if not isinstance(value, str)}
    return Cell(labels=named, people=row.people, organisations=row.organisations, count=row.count, most=row.most, values=values)


def _half_days(days: float) -> float:
    """A duration rounded to half a day, so that it identifies no single record."""
    return round(float(days) * 2) / 2


def lifecycle_step(function: str) -> tuple[str, str] | None:
    """The kind and the step that a function takes; None if it takes none."""
    found = [
        (workflow.kind, step.name)
        for workflow in WORKFLOWS.values()
        for step in workflow
        if step.function == function and step.who is not SYSTEM and step.gate is not Gate.CHANGE
    ]
    if not found:
        return None
    kinds, names = (list(dict.fromkeys(part)) for part in zip(*found, strict=True))
    return kinds[0] if len(kinds) == 1 else "several", " or ".join(names)
