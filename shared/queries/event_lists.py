"""The list of events: with what QA looks for in it, and by what they are about, however that is written."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared.answers.pages import Page, page
from shared.answers.records import EventBrief, event_brief
from shared.db.words import quoted
from shared.domain.events import event_conditions, events
from shared.domain.records.register_entries import NAMED
from shared.queries.briefs import LISTED
from shared.queries.lists import records_page

if TYPE_CHECKING:
    from datetime import date

    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

ROW = (
    f"jsonb_build_object('brief', {LISTED}, 'content', (select jsonb_object_agg(e.key, e.value) from jsonb_each(x.content) e"
    " where e.key in ('severity', 'batch', 'batches', 'place', 'risk')))"
)
REPORTABLE = "x.content #>> '{reportable,decision}' = :reportable"
OCCURRED = "cast(x.content ->> 'occurred_at' as timestamptz)"
LATE, TIMELY = (
    "(x.closed_at is null and x.due_on < :late_on)",
    "(x.closed_at is not null or x.due_on is null or x.due_on >= :timely_on)",
)
# What an event is about, as the database notes it beside its content.
FACTS = (*event_conditions.NUMBERS, *NAMED)


def about(fact: str) -> str:
    """SQL for whether a record `x` says this of what it is about, or another name of the same entry of a register."""
    same = f"unnest(same_names({quoted(NAMED[fact])}, :{fact}))" if fact in NAMED else f"plain_name(:{fact})"
    said = f"f.fact = {quoted(fact)} and f.value = any(array(select {same}))"
    return f"exists (select from record_facts f where f.record_id = x.id and {said})"


def events_page(
    tx: Transaction,
    by: Member,
    limit: int,
    cursor: str | None,
    *,
    content: Mapping[str, str | None] = types.MappingProxyType({}),
    reportable: str | None = None,
    overdue: bool | None = None,
    occurred: tuple[date | None, date | None] = (None, None),
    reported: tuple[date | None, date | None] = (None, None),
    **filters: Any,  # noqa: ANN401 - those of `records_page`
) -> Page[EventBrief]:
    """A page of events; `content` filters by what they are about, whatever name it has or had, and by other fields as they are."""
    further: dict[str, tuple[str, object]] = {name: (about(name), value) for name, value in content.items() if name in FACTS}
    further["reportable"] = (REPORTABLE, reportable)
    further["late_on"] = (LATE, tx.today if overdue else None)
    further["timely_on"] = (TIMELY, tx.today if overdue is False else None)
    for name, column, (first, last) in (("occurred", OCCURRED, occurred), ("reported", "x.created_at", reported)):
        further[f"{name}_from"] = (f"{column} >= :{name}_from", first and tx.organisation.moment(first, end=False))
        further[f"{name}_to"] = (f"{column} <= :{name}_to", last and tx.organisation.moment(last, end=True))
    exact = {name: value for name, value in content.items() if name not in FACTS}
    rows, following, total = records_page(tx, events.KIND.name, by, limit, cursor, row=ROW, content=exact, further=further, **filters)
    return page([event_brief(row["brief"], row["content"], tx.today) for row in rows], following, total)
