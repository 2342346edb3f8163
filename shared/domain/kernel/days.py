"""Calendar days: a day some months later, and the days that may be planned."""

from __future__ import annotations

import calendar
from datetime import date

from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


def not_past(day: date | None, today: date) -> date | None:
    """The planned effective date, today or later in the organisation's time zone, within ten years; raises Invalid."""
    if day is not None and day < today:
        raise Invalid(
            "effective_on", Sentence("effective_day_passed", "This day has passed; leave it out to make the change effective at once.")
        )
    if day is not None and day.year > today.year + 10:
        raise Invalid("effective_on", Sentence("day_too_far", "This day is more than ten years away."))
    return day
