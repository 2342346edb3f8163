"""Searching records of every kind: by words, the beginning of a number, state and owner; newest first, by key and never by offset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers.pages import Page, after_cursor, cut, page
from shared.answers.records import Brief
from shared.answers.rows import as_answer
from shared.domain.people.people import STAFF
from shared.domain.records.kinds import KINDS
from shared.queries.briefs import LISTED

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

# How many of the newest records are looked through before the index of words is asked. Frequent words are found among them; where a page
# of them can be expected among the newest MORE, those are looked through before the index gathers all there are.
NEWEST, MORE = 200, 3000
# How many of all that the index of words finds are taken, and among how many of the newest keys it is asked next; then eight times as many.
# Where a page can be expected among those keys, they are asked at once.
FEW, KEYS = 250, 6000
ORGANISATION = "cast(current_setting('app.organisation_id') as uuid)"


# What narrows a search, under row-level security or beneath it.
NARROWED = {
    "kind": "r.kind = :kind",
    "owner": "r.owner_id = :owner",
    "late_on": "r.closed_at is null and r.due_on < :late_on",
    "timely_on": "(r.closed_at is not null or r.due_on is null or r.due_on >= :timely_on)",
}


def found_records_page(
    tx: Transaction,
    by: Member,
    limit: int,
    cursor: str | None,
    *,
    q: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    owner: UUID | None = None,
    overdue: bool | None = None,
) -> Page[Brief]:
    """Records as `by` may see them: a reader those in force."""
    shown = (
        None
        if status is None and STAFF.admits(by)
        else [
            (one.name, str(of))
            for one in KINDS.values()
            for of in one.workflow.statuses
            if kind in (None, one.name) and status in (None, of) and (STAFF.admits(by) or one.is_read_by_all(of))
        ]
    )
    filters: dict[str, object] = {"kind": kind if shown is None else None, "owner": owner}
    filters |= {"late_on": tx.today if overdue else None, "timely_on": tx.today if overdue is False else None}
    rows = records_found(tx, q, filters, shown, limit + 1, after_cursor(cursor, UUID) if cursor else None)
    found, following = cut(rows, limit, lambda row: row.id)
    return page([as_answer(Brief, row.row) for row in found], following)


def records_found(
    tx: Transaction, q: str | None, filters: Mapping[str, object], shown: Sequence[tuple[str, str]] | None, most: int, before: UUID | None
) -> list[Any]:
    """Records before a key, newest first; `shown` are the kinds and statuses that may be, None for all."""
    given: dict[str, object] = {name: value for name, value in filters.items() if value is not None}
    newest = _newest(given, shown, ":most" if q is None else str(NEWEST))
    given |= {"before": before, "most": most}
    states = {} if shown is None else {"kinds": [kind for kind, _ in shown], "states": [of for _, of in shown]}
    if q is None:
        return tx.rows(f"select x.id, {LISTED} as row from ({newest}) x order by x.id desc", **given, **states)
    looked = tx.rows(
        f"with x as materialized ({newest}), asked as materialized (select word_query({ORGANISATION}, :q) as words)"
        " select cast(asked.words as text) as words, (select count(*) from x) as seen, found.* from asked left join lateral"
        f" (select x.id, {LISTED} as row from x where x.search @@ asked.words order by x.id desc limit :most) found on true"
        " order by found.id desc",
        **given,
        **states,
        q=q,
    )
    found, words = [row for row in looked if row.id is not None], looked[0].words
    if len(found) == most or looked[0].seen < NEWEST or words is None:
        return found
    few = 0 if len(found) * KEYS > most * NEWEST else FEW
    if len(found) * MORE > most * NEWEST:
        found = tx.rows(
            f"select x.id, {LISTED} as row from ({_newest(given, shown, str(MORE))}) x where x.search @@ cast(:words as tsquery)"
            " order by x.id desc limit :most",
            **given,
            **states,
            words=words,
        )
        if len(found) == most:
            return found
    beneath = {"kind": None, "owner": None, "late_on": None, "timely_on": None} | given
    return tx.rows(
        f"select x.id, {LISTED} as row from records x where x.id = any(array(select found_records("
        "cast(:words as tsquery), :kind, :states, :owner, :late_on, :timely_on, :before, :most, :few, :keys))) order by x.id desc",
        **beneath,
        words=words,
        few=few,
        keys=KEYS,
        states=None if shown is None else [f"{kind} {of}" for kind, of in shown],
    )


def _newest(given: Mapping[str, object], shown: Sequence[tuple[str, str]] | None, limit: str) -> str:
    """SQL for the first `limit` records in the order of an index that the filters have: with states, the newest of each state."""
    where = "".join(f" and {condition}" for name, condition in NARROWED.items() if name in given)
    before = "(cast(:before as uuid) is null or r.id < cast(:before as uuid))"
    if shown is None:
        return f"select r.* from records r where {before}{where} order by r.id desc limit {limit}"
    return (
        "select s.* from unnest(cast(:kinds as text[]), cast(:states as text[])) p (kind, state) cross join lateral"
        f" (select r.* from records r where r.kind = p.kind and r.status = p.state and {before}{where} order by r.id desc"
        f" limit {limit}) s order by s.id desc limit {limit}"
    )
