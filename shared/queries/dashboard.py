"""The dashboard's figures, from tallies that the database keeps as rows come and go, and the tasks of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.answers.dashboard import Dashboard
from shared.answers.rows import as_answer
from shared.db import words
from shared.db.sql import sql
from shared.domain.people.people import ADMIN, STAFF
from shared.domain.reports import dashboard
from shared.domain.waiting.waits import BY_NAME
from shared.queries.waiting import asked, branch
from shared.queries.worklist import ORDER, Scope, asked_by, pieces

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


def waiting(what: str, more: str = "", order: str = ORDER) -> str:
    """SQL for what waits for the caller as one row of the table of waits says, and `more` beside it."""
    found = " union all ".join([*pieces(BY_NAME[what], Scope.MINE, COUNTED), *filter(None, [more])])
    return tasks(f"select kind, id, number, title, status, due_on, record_id from ({found}) w order by {order}")


# Their own changes are shown to people until they are decided, though in approval they wait for those who sign.
IN_APPROVAL = (
    f"(select null, {words.CHANGE}, x.id, x.number, x.title, x.status, x.revision, x.created_at, x.effective_on, x.created_at, x.owner_id,"
    " null::uuid, null::uuid, null, null::uuid[], null::uuid[] from changes x"
    f" where x.owner_id = :person and x.status in {words.UNDECIDED} and x.status not in"
    f" {words.listed(BY_NAME['submit'].statuses)} order by x.id desc limit {COUNTED})"
)
MY_TASKS = {
    "assignments": waiting("learn"),
    "approval_requests": waiting("approve"),
    "actions": waiting("act"),
    "changes": waiting("submit", IN_APPROVAL, "w.id desc"),
    "extensions": waiting("decide_extension"),
}
TASKS = "select " + ", ".join(f"{select} as {name}" for name, select in MY_TASKS.items())
PEOPLE = (
    f"select (select count(*) from members m where m.status = {words.ACTIVE}) as members,"
    f" (select count(*) from invitations i where i.status = {words.OPEN_INVITATION}) as open_invitations,"
    f" (select count(*) from ({branch(BY_NAME['renew_invitation'])}) w) as lapsing_invitations,"
    f" (select count(*) from ({branch(BY_NAME['mend_address'])}) w) as mail_problems"
)


def show_dashboard(tx: Transaction, by: Member) -> Dashboard:
    """The tasks of `by`, for staff how the organisation's work stands, and for admins how its people do."""
    given = asked_by(tx, by)
    shown: dict[str, object] = {"my_tasks": tx.row(TASKS, **asked(TASKS, given))._asdict()}
    if STAFF.admits(by):
        rows = tx.rows(TALLIES, today=tx.today, since=dashboard.months(tx.today)[0])
        shown |= dashboard.overview({(one.measure, one.kind): one.figures for one in rows}, tx.today)
    if ADMIN.admits(by):
        shown["people"] = tx.row(PEOPLE, **asked(PEOPLE, given))._asdict()
    return as_answer(Dashboard, shown)


def compact_tallies(tx: Transaction) -> int:
    """Add up the organisation's tallies of the same key, as a job; how many rows fewer there are."""
    row = tx.row("select compact_tallies() as fewer")
    return int(row.fewer)
