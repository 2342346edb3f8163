"""Reminders: who is reminded of what and when, before and after it is due (ISO 9001 §9.1, 21 CFR 11.10(k) for reviews).

Each person gets at most one digest a working day. After a day off or a failed run, the next digest covers every day since the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from shared.domain.kernel.untyped import as_list
from shared.domain.kernel.values import dataclass
from shared.domain.people.organisations import WEEK
from shared.domain.people.people import DOCUMENT_REVIEWS, EARLY_REMINDERS

if TYPE_CHECKING:
    from shared.domain.people.organisations import Organisation

MORNING = 7  # o'clock, where the organisation is
LINES = 50  # of one digest; the rest is counted
ONCE = 1_000_000  # days until a milestone that doesn't repeat would come again
WEEKLY = 7

OWNER, QA, ADMINS = TOLD = ("owner", "qa", "admins")
# Work stays owed after its due date; a request for approval and an invitation lapse instead.
WORK = ("training", "action", "review", "extension")
KINDS = ("training", "approval", "action", "review", "extension", "invitation")


@dataclass(frozen=True)
class Milestone:
    """When a reminder is sent: `day` days after the due date (before it if negative), then every `every` days.

    `optional` names the optional mail that it belongs to; empty if it is mandatory.
    """

    told: str
    day: int
    every: int = ONCE
    kinds: Sequence[str] = KINDS
    optional: str = ""

    def falls(self, due_on: date, since: date, today: date) -> bool:
        """Whether the reminder falls after the day `since` and not after `today`."""
        late, before = (today - due_on).days - self.day, (since - due_on).days - self.day
        return late >= 0 and late // self.every > max(before // self.every, -1)


MILESTONES = (
    #         whom    day  every   of what          optional
    Milestone(OWNER, -10, optional=EARLY_REMINDERS),
    Milestone(OWNER, -3, optional=EARLY_REMINDERS),
    Milestone(OWNER, 0),
    Milestone(OWNER, 1, WEEKLY, WORK),
    Milestone(OWNER, 1, ONCE, ("invitation",)),
    Milestone(QA, 8, ONCE, WORK),
    Milestone(ADMINS, 15, ONCE, WORK),
)
# QA decides extensions, so an overdue one escalates to the admins only.
NEVER = {(QA, "extension")}


@dataclass(frozen=True)
class Span:
    """The days that a digest covers: after `since`, up to `today`."""

    since: date
    today: date

    @property
    def horizon(self) -> date:
        """The latest due date that has a reminder by today."""
        return self.today - timedelta(days=min(row.day for row in MILESTONES))

    @property
    def late_after(self) -> date:
        """Things due on or before this day have had all their escalations."""
        return self.since - timedelta(days=max(row.day for row in MILESTONES if row.told != OWNER))

    @property
    def late_until(self) -> date:
        """The latest due date that is escalated by today."""
        return self.today - timedelta(days=min(row.day for row in MILESTONES if row.told != OWNER))


@dataclass(frozen=True)
class Rule:
    """A milestone of one kind of thing, as the query takes it."""

    kind: str
    told: str
    day: int
    every: int
    optional: tuple[str, ...]


def rules() -> list[Rule]:
    """The milestones of each kind; an owner may unsubscribe from all reminders of document reviews, QA and admins from no escalation."""
    return [
        Rule(
            kind=kind,
            told=row.told,
            day=row.day,
            every=row.every,
            optional=tuple(word for word in (row.optional, _review(row, kind)) if word),
        )
        for row in MILESTONES
        for kind in row.kinds
        if (row.told, kind) not in NEVER
    ]


def _review(row: Milestone, kind: str) -> str:
    return DOCUMENT_REVIEWS if kind == "review" and row.told == OWNER else ""


def working_day(organisation: Organisation, day: date) -> bool:
    """Whether the organisation works on this day: neither its weekend nor one of its holidays."""
    weekend, holidays = organisation.setting("weekend"), organisation.setting("holidays")
    return WEEK[day.weekday()] not in as_list(weekend) and day.isoformat() not in as_list(holidays)


def morning(organisation: Organisation, at: datetime) -> date | None:
    """The organisation's calendar day if it is a working day and past MORNING; else None."""
    local = at.astimezone(ZoneInfo(organisation.time_zone))
    return local.date() if local.hour >= MORNING and working_day(organisation, local.date()) else None
