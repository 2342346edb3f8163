"""The work list: pages of what waits, read from the things themselves (`queries/waiting.py`)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.answers.pages import MOST_COUNTED, cut, from_cursor
from shared.answers.worklist import Worklist, worklist
from shared.db import words
from shared.domain.people.people import ADMIN, QA
from shared.domain.waiting.waits import BY_NAME, OR_ELSE, POOLED, WAITS, Wait
from shared.queries.names import NAME
from shared.queries.proposals import delegates_today
from shared.queries.waiting import COLUMNS, NEVER, Strand, asked, bare, branch, piece, strands

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

BEGINNING: Final = datetime.fromisoformat("1970-01-01T00:00:00Z")
START: Final = (date.min, "", BEGINNING, UUID(int=0))  # before everything
SIZES: Final = (51, 101)  # things that a piece gives at most: one more than a page usually holds, and than the longest holds


class Scope(StrEnum):
    """Whose work: the caller's own, their teams', or everybody's."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"


MEMBER_OF = "case w.pool when 'qa' then :qa when 'admin' then :admin else false end"
ANYBODYS = f"({MEMBER_OF} and :person <> all(w.barred) and (w.named is null or :person = any(w.named)))"
THEIRS = "w.holder_id = :person"
ORDER = f"coalesce(w.due_on, {NEVER}), w.what, w.place, w.id"
AFTER = f"({ORDER}) > (:day::date, :what::text, :place::timestamptz, :id::uuid)"
LATE = "w.due_on < :today::date"


TEAMS: Final = "array(select t.team_id from team_members t where t.person_id = :person)"
TEAM_MATES: Final = (
    "array(select distinct o.person_id from team_members t join team_members o on o.organisation_id = t.organisation_id"
    " and o.team_id = t.team_id where t.person_id = :person)"
)


def _scoped(wait: Wait, scope: Scope) -> str:
    """Whose work it is, as a condition. What only admins do is only theirs to see: it tells addresses."""
    seen = ":admin and " if "admin" in {POOLED.get(wait.holder), OR_ELSE.get(wait.holder)} else ""
    if scope is Scope.ALL:
        return f"{seen}true"
    if scope is Scope.TEAM:
        return f"{seen}(w.holder_id = any({TEAM_MATES}) or w.team_id = any({TEAMS}))"
    if wait.holder in OR_ELSE:
        return f"{seen}({THEIRS} or {ANYBODYS})"
    return f"{seen}{ANYBODYS if wait.holder in POOLED else THEIRS}"


def _in_order(wait: Wait, scope: Scope) -> bool:
    """Whether much of what waits is this scope's, so that it is read in the order of its days; a person's own is found by whose it is."""
    return scope is Scope.ALL or (scope is Scope.MINE and wait.holder in {*POOLED, *OR_ELSE})


def _chosen(what: str | None) -> tuple[Wait, ...]:
    return WAITS if what is None else (BY_NAME[what],)


def pieces(wait: Wait, scope: Scope, most: int, where: str = "true", bounds: Callable[[Strand], str] = lambda _: "") -> list[str]:
    """Statements that together give the first of what waits as a row of the table says, in this scope; `bounds` say `where` for indexes."""
    scoped = _scoped(wait, scope)
    if _in_order(wait, scope):
        return [piece(one, f"{scoped} and {where}", bounds(one), most) for one in strands(wait)]
    found = f"select {COLUMNS} from ({branch(wait)}) w where {scoped} offset 0"
    return [f"(select * from ({found}) w where {where} order by {ORDER} limit {most})"]


@cache
def _page(scope: Scope, what: str | None, most: int, *, overdue: bool) -> str:
    """The most urgent first: each piece gives as many as a page holds, and the page is the first of them all."""
    where, before = (f"{LATE} and {AFTER}", ":today::date") if overdue else (AFTER, "")
    parts = [one for wait in _chosen(what) for one in pieces(wait, scope, most, where, lambda on: on.due(before=before) + on.after())]
    return f"select * from ({' union all '.join(parts)}) w order by {ORDER} limit :most"


@cache
def _totals(scope: Scope, what: str | None, *, overdue: bool) -> str:
    parts = []
    for wait in _chosen(what):
        scoped = _scoped(wait, scope)
        if scope is Scope.ALL and not overdue and scoped == "true":
            found = bare(wait)
        elif overdue and _in_order(wait, scope):
            late = [f"(select 1 from ({one.select}{one.due(before=':today::date')}) w where {scoped} and {LATE})" for one in strands(wait)]
            found = " union all ".join(late)
        else:
            found = f"select 1 from ({branch(wait)}) w where {scoped}{f' and {LATE}' if overdue else ''}"
        parts.append(f"select '{wait.what}' as what, (select count(*) from ({found} limit {MOST_COUNTED}) t) as count")
    return " union all ".join(parts)


# For whom what stands on the page waits: whoever holds it, and everybody of its pool.
PEOPLE: Final = (
    f"select p.id, {NAME} as name, m.status = {words.ACTIVE} and m.role in {words.QA} as qa, m.status = {words.ACTIVE} and m.admin as admin"
    " from members m join people p on p.id = m.person_id where m.person_id in (select w.holder_id from page w)"
    f" or (m.status = {words.ACTIVE} and (m.role in {words.QA} and exists (select from page w where w.pool = 'qa')"
    " or m.admin and exists (select from page w where w.pool = 'admin')))"
    " order by name, p.id limit 500"
)


@cache
def _read(scope: Scope, what: str | None, most: int, *, overdue: bool) -> str:
    """The page, each row with the totals and the people for whom the page waits; where it is empty, one row with these alone."""
    return (
        f"with page as materialized ({_page(scope, what, most, overdue=overdue)})"
        " select w.*, t.totals, n.people from (select 1) o left join page w on true"
        f" cross join (select jsonb_object_agg(t.what, t.count) filter (where t.count > 0) as totals"
        f" from ({_totals(scope, what, overdue=overdue)}) t) t"
        f" cross join (select jsonb_agg(to_jsonb(y) order by y.name, y.id) as people from ({PEOPLE}) y) n order by {ORDER}"
    )


def asked_by(tx: Transaction, by: Member) -> dict[str, Any]:
    """What statements about waits ask about the caller and the day."""
    given: dict[str, Any] = {"today": tx.today, "zone": tx.organisation.time_zone, "person": by.person_id}
    return given | {"qa": QA.admits(by), "admin": ADMIN.admits(by), "delegates": json.dumps(delegates_today(tx, tx.today))}


def show_worklist(
    tx: Transaction, by: Member, scope: Scope, *, what: str | None, overdue: bool, limit: int, cursor: str | None
) -> Worklist:
    """What waits for the caller, for their teams or for everybody, the most urgent first; `overdue` leaves out what isn't."""
    day, named, place, last = from_cursor(cursor, date.fromisoformat, str, datetime.fromisoformat, UUID) if cursor else START
    given = asked_by(tx, by)
    # A long statement, planned once a connection, by indexes: a table holds every organisation's rows, and few of them are this one's.
    tx.set(plan_cache_mode="force_generic_plan", enable_seqscan="off")
    statement = _read(scope, what, next(size for size in SIZES if size > limit), overdue=overdue)
    found = tx.rows(statement, **asked(statement, given), day=day, what=named, place=place, id=last, most=limit + 1)
    shown, following = cut([one for one in found if one.id is not None], limit, _key)
    people = [{**one, "id": UUID(one["id"])} for one in found[0].people or ()]
    return worklist([one._asdict() for one in shown], found[0].totals or {}, following, people, by=by, today=tx.today)


def _key(row: Any) -> list[object]:  # noqa: ANN401 - a row of the statement above
    return [row.due_on or date.max, row.what, row.place, row.id]
