"""Reminders in the database: one statement a page of people finds what each is told today and puts their digest in the outbox."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

from shared.db.sql import sql
from shared.domain.mail import reminders
from shared.domain.waiting.waits import OR_ELSE, POOLED, TOLD, WAITS, Wait
from shared.queries.names import NAME
from shared.queries.proposals import delegates_today
from shared.queries.telling import OPTIONAL
from shared.queries.waiting import branch, strands

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from shared.db.transaction import Transaction

PAGE = 2000  # people a statement: far within its time limit, and the most organisations need one

BEGIN = sql("reminders_begin")
# The same as Milestone.falls (tests/app/test_reminders.py compares them day by day); dividing what isn't negative rounds down.
FALLS = """:today::date - t.due_on - r.day >= 0 and (:today::date - t.due_on - r.day) / r.every
    > case when :since::date - t.due_on - r.day < 0 then -1 else (:since::date - t.due_on - r.day) / r.every end"""

SHOWN = "w.what, w.kind, w.id, w.number, w.title, w.due_on, w.holder_id"
NEAR, LATE = "w.due_on <= :horizon::date", "w.due_on > :late_after::date and w.due_on <= :late_until::date"
IN_TIME = {"before": "(:horizon::date + 1)"}
TOO_LATE = {"since": "(:late_after::date + 1)", "before": "(:late_until::date + 1)"}


def _own(wait: Wait) -> str:
    """What waits for each of a page of people, who owe things by the thousand: `offset 0` has each one's looked up by their index."""
    theirs = f"select {SHOWN} from ({branch(wait)}) w where w.holder_id = g.person_id and {NEAR} offset 0"
    return f"select t.*, g.person_id as told_to, g.unsubscribed, g.not_told from page g cross join lateral ({theirs}) t"


def _begun(wait: Wait) -> str:
    """What began to wait for those who chose to be told in their digest, and still does."""
    theirs = "w.id = n.subject_id and (w.pool is not null or w.holder_id = n.person_id)"
    still = f"select {SHOWN} from ({branch(wait)}) w where {theirs} offset 0"
    return f"select t.*, n.person_id as told_to from owed n cross join lateral ({still}) t where n.wait = '{wait.what}'"


def _pieces(waits: Iterable[Wait], shown: str, where: str, days: Mapping[str, str]) -> str:
    return " union all ".join(
        f"select {shown} from ({one.select}{one.due(**days)}) w where {where}" for wait in waits for one in strands(wait)
    )


DIGESTS = sql(
    "reminders_digests",
    own=" union all ".join(_own(wait) for wait in WAITS if wait.holder not in POOLED),
    pooled=_pieces(
        (wait for wait in WAITS if wait.holder in {*POOLED, *OR_ELSE}),
        f"{SHOWN}, w.pool, w.barred, w.named",
        f"w.pool is not null and {NEAR}",
        IN_TIME,
    ),
    late=_pieces((wait for wait in WAITS if wait.escalated), SHOWN, LATE, TOO_LATE),
    begun=" union all ".join(_begun(wait) for wait in TOLD if not wait.mandatory),
    optional=OPTIONAL,
    falls=FALLS,
    name=NAME,
)


def queue_reminders(tx: Transaction, today: date) -> int:
    """Owe each member their digest of this day, once; how many there are."""
    begun = tx.row(BEGIN, today=today, page=PAGE)
    if begun is None:
        return 0
    if begun.people == PAGE:  # planned anew for what it is; the plan that most organisations share would be slow here
        tx.set(plan_cache_mode="force_custom_plan")
    mails: int = 0
    after = UUID(int=0)
    values = _asked(tx, begun.since, today)
    while True:
        page = tx.row(DIGESTS, after=after, page=PAGE, **values)
        mails += page.mails
        if page.people < PAGE:
            return mails
        after = page.last


def _asked(tx: Transaction, since: date, today: date) -> dict[str, object]:
    span = reminders.Span(since, today)
    return {
        "today": today,
        "since": since,
        "horizon": span.horizon,
        "late_after": span.late_after,
        "late_until": span.late_until,
        "rules": json.dumps([asdict(rule) for rule in reminders.MILESTONES]),
        "delegates": json.dumps(delegates_today(tx, today)),
        "zone": tx.organisation.time_zone,
        "name": tx.organisation.name,
        "lines": reminders.LINES,
    }
