"""Reminders: what is told to whom and when, so that nothing falls due unseen (ISO 9001 §9.1, 21 CFR 11.10(k) for reviews).

Each person gets at most one digest a working day. A day that is quiet, or a run that failed, is made up for on the next working day:
whatever came between the last day told and today is told today.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

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
# Work goes on being owed after its day. A request for approval lapses by itself then, and so does an invitation.
WORK = ("training", "action", "review", "extension")
KINDS = ("training", "approval", "action", "review", "extension", "invitation")


@dataclass(frozen=True)
class Milestone:
    """A day on which something is told: `day` days after it is due (before, where negative), then `every` so many days.

    `optional` is what one may unsubscribe from and then isn't told of it; empty where it is mandatory.
    """

    told: str
    day: int
    every: int = ONCE
    kinds: Sequence[str] = KINDS
    optional: str = ""

    def falls(self, due_on: date, since: date, today: date) -> bool:
        """Whether it comes after `since` and until `today`, both days of the calendar."""
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
# Whom a request for more time waits for is QA, so that only the admins are left to be told that it isn't decided.
NEVER = {(QA, "extension")}


@dataclass(frozen=True)
class Span:
    """The days after `since` until `today`, of which a digest tells."""

    since: date
    today: date

    @property
    def horizon(self) -> date:
        """The last day on which something may be due that has a milestone by now."""
        return self.today - timedelta(days=min(row.day for row in MILESTONES))

    @property
    def late_after(self) -> date:
        """What was due on this day or before has had all its escalations."""
        return self.since - timedelta(days=max(row.day for row in MILESTONES if row.told != OWNER))

    @property
    def late_until(self) -> date:
        """The last day on which something may have been due that is escalated by now."""
        return self.today - timedelta(days=min(row.day for row in MILESTONES if row.told != OWNER))


@dataclass(frozen=True)
class Rule:
    """A milestone of one kind of thing, as the database is asked about it."""

    kind: str
    told: str
    day: int
    every: int
    optional: tuple[str, ...]


def rules() -> list[Rule]:
    """The milestones, one by one for each kind; of a document's review one may unsubscribe altogether, of its escalation never."""
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
    return WEEK[day.weekday()] not in _words(weekend) and day.isoformat() not in _words(holidays)


def morning(organisation: Organisation, at: datetime) -> date | None:
    """The organisation's day, once its morning has come and if it is a working day; else None."""
    local = at.astimezone(ZoneInfo(organisation.time_zone))
    return local.date() if local.hour >= MORNING and working_day(organisation, local.date()) else None


def _words(setting: object) -> Sequence[str]:
    return setting if isinstance(setting, (list, tuple)) else ()
