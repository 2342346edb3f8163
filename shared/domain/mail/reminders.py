"""Reminders: who is reminded of what and when, as the table of waits says (ISO 9001 §9.1, 21 CFR 11.10(k) for reviews).

Each person gets at most one digest a working day. After a day off or a failed run, the next digest covers every day since the last one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from shared.domain.kernel.untyped import as_list
from shared.domain.kernel.values import dataclass
from shared.domain.people.organisations import WEEK
from shared.domain.people.people import EARLY_REMINDERS
from shared.domain.waiting.waits import HOLDER, ONCE, WAITS, Wait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.domain.people.organisations import Organisation

MORNING = 7  # o'clock, where the organisation is
LINES = 50  # of one digest; the rest is counted


@dataclass(frozen=True)
class Milestone:
    """When somebody is reminded of what waits: `day` days after the due date (before it if negative), then every `every` days.

    `optional` names the optional mail that it belongs to; none if it is mandatory.
    """

    what: str
    told: str
    day: int
    every: int = ONCE
    optional: tuple[str, ...] = ()

    def falls(self, due_on: date, since: date, today: date) -> bool:
        """Whether the reminder falls after the day `since` and not after `today`."""
        late, before = (today - due_on).days - self.day, (since - due_on).days - self.day
        return late >= 0 and late // self.every > max(before // self.every, -1)


def milestones(wait: Wait) -> Iterator[Milestone]:
    """What a row of the table of waits says of reminders: to those who must act before, on and after the day, then to others."""
    for days in wait.reminded:
        early = (EARLY_REMINDERS,) if days else ()
        yield Milestone(wait.what, HOLDER, -days, optional=(*early, *wait.optional))
    if wait.again is not None:
        yield Milestone(wait.what, HOLDER, 1, wait.again, wait.optional)
    for told, days in wait.escalated:
        yield Milestone(wait.what, told, days + 1)


MILESTONES = tuple(milestone for wait in WAITS for milestone in milestones(wait))


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
        return self.since - timedelta(days=max(row.day for row in MILESTONES if row.told != HOLDER))

    @property
    def late_until(self) -> date:
        """The latest due date that is escalated by today."""
        return self.today - timedelta(days=min(row.day for row in MILESTONES if row.told != HOLDER))


def working_day(organisation: Organisation, day: date) -> bool:
    """Whether the organisation works on this day: neither its weekend nor one of its holidays."""
    weekend, holidays = organisation.setting("weekend"), organisation.setting("holidays")
    return WEEK[day.weekday()] not in as_list(weekend) and day.isoformat() not in as_list(holidays)


def morning(organisation: Organisation, at: datetime) -> date | None:
    """The organisation's calendar day if it is a working day and past MORNING; else None."""
    local = at.astimezone(ZoneInfo(organisation.time_zone))
    return local.date() if local.hour >= MORNING and working_day(organisation, local.date()) else None
