"""The dashboard's figures, from tallies that the database keeps as rows come and go, and the tasks of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.answers.dashboard import Dashboard
from shared.answers.rows import as_answer
from shared.db import words
from shared.db.sql import sql
from shared.domain.people.people import QA, STAFF
from shared.domain.reports import dashboard
from shared.queries.lists import MINE

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

TALLIES = sql("tallies")
SHOWN, COUNTED = 20, 100


def tasks(select: str) -> str:
    """SQL for the tasks that `select` yields in their order: how many, and the first of them."""
    return (
        f"(select jsonb_build_object('count', count(*), 'items', coalesce(jsonb_agg(to_jsonb(t) - 'place' order by t.place)"
        f" filter (where t.place <= {SHOWN}), '[]')) from (select row_number() over () as place, s.* from ({select} limit {COUNTED}) s) t)"
    )


def task(kind: str, of: str, where: str, **columns: str) -> str:
    """SQL for tasks of one kind."""
    names = {"id": "x.id", "number": "x.number", "title": "x.title", "status": "x.status", "due_on": "x.due_on", "record_id": "x.record_id"}
    shown = ", ".join(f"{value} as {name}" for name, value in (names | columns).items())
    return tasks(f"select '{kind}' as kind, {shown} from {of} where {where}")


OF_ASSIGNMENTS = "assignments x join records r on r.organisation_id = x.organisation_id and r.id = x.record_id"
OF_EXTENSIONS = sql("extended")
MY_TASKS = {
    "assignments": task(
        "assignment",
        OF_ASSIGNMENTS,
        "x.person_id = :person and x.closed_at is null order by x.due_on, x.id",
        number="r.number",
        title="r.title",
    ),
    "approval_requests": task(
        "approval_request",
        "approval_requests x",
        f"{MINE} order by x.expires_at, x.id",
        due_on="cast(x.expires_at at time zone :zone as date)",
        record_id="null",
    ),
    "actions": task(
        "action",
        "actions x",
        f"x.owner_id = :person and x.closed_at is null and x.status = {words.OPEN_ACTION} order by x.due_on, x.id",
        title="left(x.description, 300)",
    ),
    "changes": task(
        "change",
        "changes x",
        f"x.owner_id = :person and x.status in {words.UNDECIDED} order by x.id desc",
        due_on="x.effective_on",
        record_id="null",
    ),
    "extensions": task(
        "extension",
        OF_EXTENSIONS,
        f"x.status in {words.REQUESTED} and x.requested_by <> :signer and :qa order by x.id",
        number="coalesce(a.number, r.number, c.number)",
        title="x.reason",
        record_id="coalesce(x.record_id, a.record_id, g.record_id)",
    ),
}
TASKS = "select " + ", ".join(f"{select} as {name}" for name, select in MY_TASKS.items())


def show_dashboard(tx: Transaction, by: Member) -> Dashboard:
    """The tasks of `by`, and for staff how the organisation's work stands."""
    row = tx.row(TASKS, person=by.person_id, signer=by.person_id, qa=QA.admits(by), zone=tx.organisation.time_zone)
    shown: dict[str, object] = {"my_tasks": row._asdict()}
    if STAFF.admits(by):
        rows = tx.rows(TALLIES, today=tx.today, since=dashboard.months(tx.today)[0])
        shown |= dashboard.overview({(one.measure, one.kind): one.figures for one in rows}, tx.today)
    return as_answer(Dashboard, shown)


def compact_tallies(tx: Transaction) -> int:
    """Add up the organisation's tallies of the same key, as a job; how many rows fewer there are."""
    row = tx.row("select compact_tallies() as fewer")
    return int(row.fewer)
