"""Values that fields of content take, made from the table of fields itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any

from hypothesis import strategies as st

from shared.domain.capa.capa_plans import Key, Row
from shared.domain.kernel.content import (
    FIRST_YEAR,
    LAST_YEAR,
    Choice,
    Day,
    Fields,
    Flag,
    Identifier,
    Integer,
    ListOf,
    Moment,
    Text,
    Tree,
    Type,
    Whole,
)

LETTERS = st.characters(categories=["Lu", "Ll", "Nd"])
MOST = 2  # items of a list, so that examples stay small
Values = st.SearchStrategy[Any]


def alike(value: object) -> str:
    """A value without the nulls of its objects, by which items of a list are told apart."""
    if isinstance(value, dict):
        return repr({name: alike(item) for name, item in sorted(value.items()) if item is not None})
    return repr([alike(item) for item in value] if isinstance(value, list) else value)


def good(one: Type) -> Values:  # noqa: C901 - one branch a kind of type
    """Values that this type of field takes."""
    match one:
        case Key():
            return st.integers(1, 9999).map("A{}".format)
        case Text():
            return st.text(LETTERS, min_size=1, max_size=12)
        case Integer():
            return st.integers(one.least, one.most)
        case Flag():
            return st.booleans()
        case Choice():
            return st.sampled_from([*map(str, one.words)])
        case Day():
            return st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)).map(date.isoformat)
        case Moment():
            zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
            moments = st.datetimes(datetime(FIRST_YEAR, 1, 2), datetime(LAST_YEAR, 12, 30), timezones=zones)  # noqa: DTZ001 - with a zone of their own
            return moments.map(lambda when: when.isoformat()) | moments.map(lambda when: f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%Sz}")
        case Identifier():
            return st.uuids().map(str)
        case ListOf():
            return st.lists(good(one.item), max_size=min(MOST, one.most), unique_by=alike)
        case Fields():
            return objects(one)
    raise AssertionError(one)


def needed(one: Fields) -> tuple[str, ...]:
    """The fields that an object must have."""
    match one:
        case Whole():
            return tuple(one.types)
        case Row():
            return ("kind", "description")
        case Tree():
            return (one.first,)
        case _:
            return ()


@cache
def objects(one: Fields) -> Values:
    """Objects that a table of fields takes."""
    must = {name: good(one.types[name]) for name in needed(one)}
    may = {name: good(item) | st.none() for name, item in one.types.items() if name not in must}

    @st.composite
    def made(draw: st.DrawFn) -> dict[str, Any]:
        return {name: draw(values) for name, values in {**must, **may}.items() if name in must or draw(st.booleans())}

    return made()
