"""What waits, read from the rows themselves: one branch of a statement for each row of the table of waits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.answers.pages import cut, from_cursor
from shared.answers.worklist import Worklist, worklist
from shared.db import words
from shared.db.sql import sql
from shared.domain.capa import actions, capa_plans, extensions
from shared.domain.changes import changes
from shared.domain.kernel.values import dataclass
from shared.domain.people.people import QA
from shared.domain.trainings import assignments
from shared.domain.waiting.waits import BY_NAME, POOLED, REVIEW_SEEN_DAYS, TOLD, WAITS, Condition, Holder, Wait
from shared.queries.names import NAME
from shared.queries.reminders import delegates_today

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

COUNTED: Final = 1000  # of a kind of wait; beyond that a total says so many
NO_ONE: Final = "array[]::uuid[]"
NEVER: Final = "9999-12-31"  # the day of what is never due, for the order of a page
AUTHORS_AND_SIGNERS = (
    "array(select a.person_id from change_authors a where a.change_id = x.change_id"
    " union select s.person_id from signatures s where s.change_id = x.change_id and s.round = x.round"
    " union select w.person_id from present_items i join contributors w on w.organisation_id = i.organisation_id"
    " and w.record_id = i.record_id where i.change_id = x.change_id)"
)
# Where the signatures that are left are those of the approvers whom the author named: these and who signs instead of them today.
NAMED = """(select case when cardinality(n.people) >= x.required - n.given then n.people || array(
    select d.delegate_id from jsonb_to_recordset(:delegates::jsonb) d(kind text, approver_id uuid, delegate_id uuid)
    join present_items i on i.change_id = x.change_id
    join records q on q.organisation_id = i.organisation_id and q.id = i.record_id and q.kind = d.kind
    where d.approver_id = any(n.people)) end
    from (select count(*) as given, array(select a from unnest(x.approver_ids) a
        where a <> all(coalesce(array_agg(coalesce(s.on_behalf_of, s.person_id)), array[]::uuid[]))) as people
        from signatures s where s.change_id = x.change_id and s.round = x.round) n)"""
# Those whom a relation of the step bars, by the kind of thing and the relation's name.
BARRED: Mapping[tuple[str, str], str] = {
    (capa_plans.WORKFLOW.kind, "not_contributor"): "array(select w.person_id from contributors w where w.record_id = x.id)",
    (
        capa_plans.WORKFLOW.kind,
        "not_doer",
    ): "array(select a.completed_by from actions a where a.record_id = x.id and a.completed_by is not null)",
    (actions.WORKFLOW.kind, "not_doer"): "array_remove(array[x.owner_id, x.completed_by], null)",
    (assignments.WORKFLOW.kind, "not_learner"): "array[x.person_id]",
    (assignments.WORKFLOW.kind, "trainer"): NO_ONE,  # a pool only where the training names nobody
    (extensions.WORKFLOW.kind, "not_requester"): "array_remove(array[x.requested_by, a.owner_id, g.person_id, r.owner_id], null)",
    (changes.WORKFLOW.kind, "not_author"): AUTHORS_AND_SIGNERS,
    (changes.WORKFLOW.kind, "not_signed"): NO_ONE,  # among the former
}
CONDITIONS: Mapping[Condition, str] = {
    Condition.ALWAYS: "true",
    Condition.TO_REPORT: "x.content #>> '{reportable,decision}' = 'yes' and x.content #>> '{reportable,reference}' is null",
    Condition.ACTIONS_LEFT: "exists (select from actions a where a.record_id = x.id and a.closed_at is null)",
    Condition.ACTIONS_DONE: "not exists (select from actions a where a.record_id = x.id and a.closed_at is null)",
    Condition.REVIEW_NEAR: f"x.due_on <= :today::date + {REVIEW_SEEN_DAYS}",
    Condition.TO_SIGN: "x.learner_signed_at is null",
    Condition.TO_ASSESS: "x.learner_signed_at is not null",
}
# Where it isn't since the thing's own beginning, and where the day is one that content gives: by the name of the wait.
SINCE_OF: Mapping[str, str] = {
    "review": f"(x.due_on - {REVIEW_SEEN_DAYS})::timestamp at time zone :zone",
    "assess": "x.learner_signed_at",
    "reassign": "x.updated_at",
    "verify_action": "x.completed_at",
}
DUE_OF: Mapping[str, str] = {
    "report_to_authority": "cast(x.content #>> '{reportable,deadline}' as date)",
    "check_effectiveness": "cast(x.content #>> '{effectiveness,not_before}' as date)",
}
TRAINED = (
    "assignments x join records r on r.organisation_id = x.organisation_id and r.id = x.record_id"
    " join versions v on v.organisation_id = x.organisation_id and v.record_id = x.record_id and v.version = x.version"
    # Who may assess it; where the training names nobody who can, QA does.
    " left join members y on y.organisation_id = x.organisation_id and y.person_id = cast(v.content ->> 'trainer_id' as uuid)"
    f" and y.person_id <> x.person_id and y.status = {words.ACTIVE} and y.role in {words.LEARNERS}"
)


class Scope(StrEnum):
    """Whose work: the caller's own, their teams', or everybody's."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"


@dataclass(frozen=True)
class Source:
    """Where things of a kind stand: SQL for what the work list says of one, `x`."""

    table: str
    kind: str
    number: str = "x.number"
    title: str = "x.title"
    owner: str = "x.owner_id"
    team: str = "null::uuid"
    since: str = "x.created_at"
    due: str = "x.due_on"
    where: str = ""


def _source(wait: Wait) -> Source:
    kind = wait.workflow.kind
    if kind == actions.WORKFLOW.kind:
        return Source("actions x", words.quoted(kind), title="left(x.description, 300)")
    if kind == assignments.WORKFLOW.kind:
        return Source(TRAINED, words.quoted(kind), "r.number", "r.title")
    if kind == extensions.WORKFLOW.kind:
        return Source(
            sql("extended"), words.quoted(kind), "coalesce(a.number, r.number, c.number)", "left(x.reason, 300)", due="x.due_on_before"
        )
    if wait.holder is Holder.SIGNERS:
        return Source("approval_requests x", "'approval_request'", due="cast(x.expires_at at time zone :zone as date)")
    since = "coalesce(x.status_since, x.updated_at)"
    if kind == changes.WORKFLOW.kind:
        return Source("changes x", words.quoted(kind), since=since, due="null::date")
    return Source("records x", words.quoted(kind), team="x.team_id", since=since, where=f"x.kind = {words.quoted(kind)} and ")


def _holder(wait: Wait, source: Source) -> str:
    people = {Holder.OWNER: source.owner, Holder.LEARNER: "x.person_id", Holder.TRAINER: "y.person_id"}
    return people.get(wait.holder, "null::uuid")


def _barred(wait: Wait) -> str:
    if wait.holder not in {*POOLED, Holder.TRAINER}:
        return NO_ONE
    return " || ".join([BARRED[wait.workflow.kind, one.name] for one in wait.row.who.relations]) or NO_ONE


def branch(wait: Wait) -> str:
    """SQL for the things that wait as one row of the table says, for everybody: what a work list tells of each."""
    source = _source(wait)
    statuses = (words.OPEN_REQUEST,) if wait.holder is Holder.SIGNERS else tuple(map(words.quoted, wait.statuses))
    since = SINCE_OF.get(wait.what, source.since)
    later = "null::date" if wait.days is None else f"cast({since} at time zone :zone as date) + {wait.days}"
    pooled = "y.person_id is null" if wait.holder is Holder.TRAINER else str(wait.holder in POOLED).lower()
    return (
        f"select '{wait.what}' as what, {source.kind} as kind, x.id, {source.number} as number, {source.title} as title, x.status,"
        f" x.revision, {since} as since, coalesce({DUE_OF.get(wait.what, source.due)}, {later}) as due_on,"
        f" {_holder(wait, source)} as holder_id, {source.team} as team_id, {pooled} as pooled, {_barred(wait)} as barred,"
        f" {NAMED if wait.holder is Holder.SIGNERS else 'null::uuid[]'} as named"
        f" from {source.table} where {source.where}x.status in ({', '.join(statuses)}) and {CONDITIONS[wait.condition]}"
    )


ANYBODYS = "(w.pooled and :qa and :person <> all(w.barred) and (w.named is null or :person = any(w.named)))"
THEIRS = "w.holder_id = :person"


def _scoped(wait: Wait, scope: Scope) -> str:
    """Whose work it is, as a condition; plain where it can be, so that an index finds a person's own."""
    if scope is Scope.ALL:
        return "true"
    if scope is Scope.TEAM:
        return "(w.holder_id = any(:people::uuid[]) or w.team_id = any(:teams::uuid[]))"
    if wait.holder is Holder.TRAINER:
        return f"({THEIRS} or {ANYBODYS})"
    return ANYBODYS if wait.holder in POOLED else THEIRS


def _branches(scope: Scope, what: str | None) -> list[str]:
    chosen = WAITS if what is None else (BY_NAME[what],)
    late = "(not :overdue or w.due_on < :today)"
    return [f"select w.* from ({branch(wait)}) w where {_scoped(wait, scope)} and {late}" for wait in chosen]


@cache
def _page(scope: Scope, what: str | None) -> str:
    """The most urgent first: each branch gives as many as a page holds, and the page is the first of them all."""
    order = f"order by coalesce(due_on, '{NEVER}'), what, id limit :most"
    after = f"(coalesce(w.due_on, '{NEVER}'), w.what, w.id) > (:day::date, :what::text, :id::uuid)"
    parts = " union all ".join(f"({one} and {after} {order})" for one in _branches(scope, what))
    return f"select * from ({parts}) w {order}"


@cache
def _totals(scope: Scope, what: str | None) -> str:
    names = [what] if what else [wait.what for wait in WAITS]
    parts = zip(names, _branches(scope, what), strict=True)
    return " union all ".join(f"select '{name}' as what, (select count(*) from ({one} limit {COUNTED}) t) as count" for name, one in parts)


FEW: Final = 3  # things that are told in a mail each


@cache
def _told(condition: str) -> str:
    return sql("told_at_once", waiting=" union all ".join(f"select w.* from ({branch(wait)}) w where {condition}" for wait in TOLD))


def tell_waiting(tx: Transaction, ids: Iterable[UUID], taker: str) -> None:
    """Tell people at once of what waits for them because these things were just saved; `taker` knows already."""
    _tell(tx, "w.id = any(:ids::uuid[])", taker, ids=sorted(map(str, ids)))


def tell_successor(tx: Transaction, person_id: UUID, taker: str) -> None:
    """Tell somebody of everything that waits for them and that they weren't told of: others' work that they took over."""
    _tell(tx, "w.holder_id = :successor", taker, successor=person_id)


def _tell(tx: Transaction, condition: str, taker: str, **given: object) -> None:
    tx.rows(
        _told(condition),
        **given,
        zone=tx.organisation.time_zone,
        organisation_name=tx.organisation.name,
        taker=taker.removeprefix("person:") if taker.startswith("person:") else None,
        few=FEW,
    )


PEOPLE = (
    f"select p.id, {NAME} as name, m.status = {words.ACTIVE} and m.role in {words.QA} as qa from members m join people p"
    " on p.id = m.person_id where m.person_id = any(cast(:ids as uuid[]))"
    f" or (:pooled and m.status = {words.ACTIVE} and m.role in {words.QA})"
    " order by name, p.id limit 500"
)
TEAMS = (
    "select array(select t.team_id from team_members t where t.person_id = :person) as teams, array(select distinct o.person_id"
    " from team_members t join team_members o on o.organisation_id = t.organisation_id and o.team_id = t.team_id"
    " where t.person_id = :person) as people"
)


def show_worklist(
    tx: Transaction, by: Member, scope: Scope, *, what: str | None, overdue: bool, limit: int, cursor: str | None
) -> Worklist:
    """What waits for the caller, for their teams or for everybody, the most urgent first; `overdue` leaves out what isn't."""
    day, named, place = from_cursor(cursor, date.fromisoformat, str, UUID) if cursor else (date.min, "", UUID(int=0))
    given: dict[str, Any] = {"today": tx.today, "zone": tx.organisation.time_zone, "overdue": overdue, "person": by.person_id}
    given |= {"qa": QA.admits(by), "delegates": json.dumps(delegates_today(tx, tx.today))}
    if scope is Scope.TEAM:
        row = tx.row(TEAMS, person=by.person_id)
        given |= {"people": list(map(str, row.people)), "teams": list(map(str, row.teams))}
    rows = tx.rows(_page(scope, what), **_asked(_page(scope, what), given), day=day, what=named, id=place, most=limit + 1)
    shown, following = cut(rows, limit, lambda one: [one.due_on or date.fromisoformat(NEVER), one.what, one.id])
    totals = tx.rows(_totals(scope, what), **_asked(_totals(scope, what), given))
    ids = [str(one.holder_id) for one in shown if one.holder_id]
    people = tx.rows(PEOPLE, ids=ids, pooled=any(one.pooled for one in shown)) if shown else []
    counts = {one.what: one.count for one in totals if one.count}
    return worklist([one._asdict() for one in shown], counts, following, [one._asdict() for one in people], by=by, today=tx.today)


def _asked(statement: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that a statement asks for."""
    return {name: value for name, value in given.items() if f":{name}" in statement}
