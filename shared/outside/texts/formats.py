"""The number formats of spreadsheet cells (ECMA-376-1 §18.8.30): which show a date, a time or a percentage, and how that is written here.

Values are written in full, never rounded: a format that hides decimals would hide a change of them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

GENERAL, DATE, TIME, MOMENT, SPAN, PERCENT = "general", "date", "time", "moment", "span", "percent"
BUILT_IN = {
    **dict.fromkeys((9, 10), PERCENT),
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), *range(34, 37), *range(50, 59)), DATE),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 47), TIME),
    22: MOMENT,
    46: SPAN,
}
LONGEST = 255  # characters of a format, as spreadsheets allow
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30, tzinfo=UTC), datetime(1904, 1, 1, tzinfo=UTC)
_LAST = 2_958_466  # the day after 9999-12-31
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_WORDS = re.compile(r'"([^"]*)"|\\(.)')
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_BRACKET = re.compile(r"\[[^\]]*\]")


def kind_of(code: str) -> str:
    """What a format shows: a date, a time, both, a span of hours, a percentage, or a number as it is."""
    first = code[:LONGEST].partition(";")[0]
    bare = _LITERAL.sub("", first)
    if _ELAPSED.search(bare):
        return SPAN
    bare = _BRACKET.sub("", bare).lower()
    if "general" in bare or ("0" in bare.replace(".0", "") and not re.search("[ydhs]", bare)):
        return PERCENT if "%" in bare else GENERAL
    days, hours = bool(re.search("[yd]", bare)), bool(re.search("[hs]", bare))
    months = "m" in bare
    if days and hours:
        return MOMENT
    if days or (months and not hours):
        return DATE
    if hours:
        return TIME
    return PERCENT if "%" in bare else GENERAL


def words_of(code: str) -> str:
    """The format itself, where it shows words or digits of its own, or hides the value; else ""."""
    code = code[:LONGEST]
    literals = "".join(map("".join, _WORDS.findall(code)))
    bare = _BRACKET.sub("", _LITERAL.sub("", code))
    hides = any(not re.search("[0#?@gydhms]", section, re.IGNORECASE) for section in bare.split(";")[:2]) or ";;" in code
    scales = bool(re.search(r"[0#?],+(?![0#?])", bare))  # thousands left out
    return code if code and (any(one.isalnum() for one in literals) or hides or scales) else ""


def written(value: str, kind: str, *, from_1904: bool) -> str:
    """A number as its cell shows it, in full."""
    try:
        number = float(value)
    except ValueError:
        return value
    if kind == PERCENT:
        return percent(value)
    if kind in (DATE, TIME, MOMENT) and 0 <= number < _LAST:
        return _date(number, kind, from_1904=from_1904)
    if kind == SPAN and abs(number) < _LAST:
        seconds = round(abs(number) * 86_400)
        return f"{'-' if number < 0 else ''}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return _number(number, value)


def _number(number: float, value: str) -> str:
    """The shortest decimal that is this number; a whole one without its point."""
    if number.is_integer() and abs(number) < 10**15:
        return str(int(number))
    return repr(number) if abs(number) != float("inf") and number == number else value  # noqa: PLR0124 - not a number isn't itself


def percent(value: str) -> str:
    """A share as a percentage, in full."""
    try:
        hundredfold = Decimal(repr(float(value))) * 100
    except (InvalidOperation, ValueError):
        return value
    text = f"{hundredfold:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def _date(number: float, kind: str, *, from_1904: bool) -> str:
    """A serial number as date, time or both; below 1 it is a time. Excel counts a 29 February 1900 that never was (serial 60)."""
    days = number
    if not from_1904 and days < 61:
        if 60 <= days < 61:
            return "1900-02-29"
        days += 1 if days >= 1 else 0
    moment = (_EPOCH_1904 if from_1904 else _EPOCH) + timedelta(seconds=round(days * 86_400))
    has_time = (moment.hour, moment.minute, moment.second) != (0, 0, 0)
    if number < 1 and not from_1904:
        return _number(number, str(number)) if kind == DATE else moment.strftime("%H:%M:%S")
    day = moment.date().isoformat()
    return f"{day} {moment:%H:%M:%S}" if has_time or kind == MOMENT else day
