"""Reminders in the database: one statement a page of people finds what each is told today and puts their digest in the outbox."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.db.sql import sql
from shared.domain.mail import reminders
from shared.queries.names import NAME

if TYPE_CHECKING:
    from datetime import date

    from shared.db.transaction import Transaction

PAGE = 2000  # people a statement: far within its time limit, and the most organisations need one

BEGIN = sql("reminders_begin")
# The same as Milestone.falls (tests/app/test_reminders.py compares them day by day); dividing what isn't negative rounds down.
FALLS = """:today::date - t.due_on - r.day >= 0 and (:today::date - t.due_on - r.day) / r.every
    > case when :since::date - t.due_on - r.day < 0 then -1 else (:since::date - t.due_on - r.day) / r.every end"""

# Each kind of thing: what it is, its day, whose it is, and the record that names it where it has no name of its own.
TRAINING = sql("remind_training")
ACTION = sql("remind_action")
REVIEW = sql("remind_review")
INVITATION = sql("remind_invitation")
EXTENSION = sql("remind_extension")
APPROVAL = sql("remind_approval")
DIGESTS = sql(
    "reminders_digests",
    training=TRAINING,
    action=ACTION,
    review=REVIEW,
    invitation=INVITATION,
    extension=EXTENSION,
    approval=APPROVAL,
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
        "rules": json.dumps([asdict(rule) for rule in reminders.rules()]),
        "delegates": json.dumps(delegates_today(tx, today)),
        "zone": tx.organisation.time_zone,
        "name": tx.organisation.name,
        "lines": reminders.LINES,
    }


def delegates_today(tx: Transaction, today: date) -> list[dict[str, Any]]:
    """Who may sign instead of whom today, by kind."""
    policy: Any = tx.organisation.setting("approval_policy")  # checked by settings.SETTINGS when it was stored
    rows = [(kind, row) for kind, rules in policy.items() for row in (rules or {}).get("delegates") or ()]
    return [{"kind": kind, **row} for kind, row in rows if row["starts_on"] <= today.isoformat() <= row["ends_on"]]
