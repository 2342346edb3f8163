"""The written forms of values in a request: ids, days, moments and readable text, each in exactly one form."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from shared.domain.kernel import text
from shared.domain.kernel.sentences import Sentence, must_be

Day = typing.TypeVar("Day", date, datetime)


def several(words: Iterable[str], value: object) -> list[str]:
    """The words of a list with commas between, each once; raises ValueError for one that isn't among `words`."""
    given = value.split(",") if isinstance(value, str) else [""]
    if not set(given) <= set(words):
        message = Sentence("none_of_several", "This must be one or several of: {words}.", words=tuple(words))
        raise ValueError(message)
    return list(dict.fromkeys(given))


def identifier(value: object) -> UUID:
    """An id in the form of RFC 9562 §4 only, so that it reads the same in requests, audit trail and logs."""
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        message = must_be("an id (a UUID) with its hyphens")
        raise ValueError(message)
    return UUID(value)


def day(value: object) -> date:
    """A calendar date in the form YYYY-MM-DD only (RFC 3339 full-date)."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        message = must_be("a date as YYYY-MM-DD")
        raise ValueError(message)
    try:
        return _near(date.fromisoformat(value))
    except ValueError:
        message = Sentence("no_such_day", "There is no such day, or it is far from today.")
        raise ValueError(message) from None


def moment(value: object) -> datetime:
    """A moment with its offset from UTC (RFC 3339 date-time); without the offset it would be ambiguous."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        message = must_be("a date and time with its offset from UTC, such as 2030-01-31T09:00:00Z")
        raise ValueError(message)
    try:
        return _near(datetime.fromisoformat(value.upper()).astimezone(UTC))
    except (ValueError, OverflowError):
        message = Sentence("no_such_moment", "There is no such moment, or it is far from now.")
        raise ValueError(message) from None


def _near(day: Day) -> Day:
    """The day or moment, if its year is between EARLIEST and LATEST, so that time zone arithmetic can't overflow."""
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError
    return day


def day_or_moment(value: object) -> date | datetime:
    """A calendar date, or a moment with its offset from UTC."""
    return day(value) if isinstance(value, str) and DAY.fullmatch(value) else moment(value)


EARLIEST, LATEST = 1900, 9998
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
IDENTIFIER = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# Types with exactly one written form, and that form's name in JSON Schema.
WRITTEN: Mapping[object, tuple[Callable[[object], object], str]] = {
    date: (day, "date"),
    datetime: (moment, "date-time"),
    UUID: (identifier, "uuid"),
}


def readable(value: str) -> str:
    """The text without surrounding space; raises ValueError if nothing in it is visible."""
    if not text.visible(value):
        raise ValueError(Sentence("empty", "This is empty; write something that can be read."))
    return value.strip()
