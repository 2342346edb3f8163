"""One byte form for every JSON value (RFC 8785), checked against an independent implementation; and ids (RFC 9562)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.kernel import canonical, ids

LARGEST = 2**53 - 1
SCALARS = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12)


class Word(StrEnum):
    """A word of the domain."""

    DRAFT = "draft"


class Pair(Enum):
    """A value that is no text."""

    BOTH = (1, 2)


@given(JSON)
def test_any_value_has_the_bytes_that_the_standard_gives_it(value: Any) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)
    assert canonical.sha256(value) == hashlib.sha256(rfc8785.dumps(value)).hexdigest()


@given(JSON)
def test_the_canonical_bytes_read_back_as_the_same_value(value: object) -> None:
    assert json.loads(canonical.encode(value)) == value


@given(JSON, JSON)
def test_equal_bytes_mean_equal_values(one: object, other: object) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)  # where True isn't 1
    assert (canonical.encode(one) == canonical.encode(other)) == same


def test_names_that_become_one_have_no_canonical_form() -> None:
    with pytest.raises(ValueError, match="no canonical form"):
        canonical.encode({1: "one", "1": "another"})


@given(st.dictionaries(st.text(), SCALARS, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_names_makes_no_difference(value: dict[str, object], shuffle: Any) -> None:
    names = list(value)
    shuffle.shuffle(names)
    assert canonical.encode({name: value[name] for name in names}) == canonical.encode(value)


@given(st.lists(SCALARS, min_size=2, max_size=5, unique_by=repr))
def test_the_order_of_a_list_does_make_one(value: list[object]) -> None:
    assert canonical.sha256(value) != canonical.sha256(value[::-1])


def test_names_are_sorted_by_utf_16_code_units() -> None:
    # RFC 8785 §3.2.3: the surrogate pair of U+1F600 begins with D83D, which comes before U+FB33 and after U+20AC.
    names = ["€", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "ö"]
    encoded = canonical.encode(dict.fromkeys(names, 0)).decode()
    assert list(json.loads(encoded)) == ["\r", "1", "\u0080", "ö", "€", "\U0001f600", "\ufb33"]


def test_text_is_escaped_as_little_as_the_standard_allows() -> None:
    given_text = '\x00\b\t\n\x0b\f\r\x1f"\\/\x7f\u2028é€\U0001f600'
    wanted = '"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\"\\\\/\x7f\u2028é€\U0001f600"'
    assert canonical.encode(given_text).decode() == wanted


@pytest.mark.parametrize(
    "value",
    [
        *(
            1.5,
            0.0,
            float("nan"),
            float("inf"),
            Decimal(1),
            b"bytes",
            bytearray(b"bytes"),
            memoryview(b"bytes"),
            object(),
            1j,
            {"a": [b""]},
        ),
        *(2**53, -(2**53), 10**400, "\ud800", {"\udfff": 1}, [["\ud800"]], datetime(2026, 11, 22, 12), timedelta(1)),  # noqa: DTZ001 - a naive moment is what is refused
    ],
    ids=lambda value: repr(value).partition(" at 0x")[0],  # an address differs from worker to worker
)
def test_a_value_that_two_readers_may_read_differently_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - a lone surrogate's own error is one too
        canonical.encode(value)


def test_the_largest_exact_numbers_are_accepted() -> None:
    assert canonical.encode([LARGEST, -LARGEST, 0, True, False]) == b"[9007199254740991,-9007199254740991,0,true,false]"


def test_the_domains_own_values_have_one_text_each() -> None:
    brussels = timezone(timedelta(hours=1))
    moment = datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC)
    assert canonical.plain(moment) == "2026-11-22T12:00:00.000005Z"
    assert canonical.plain(moment.astimezone(brussels)) == canonical.plain(moment)
    assert canonical.plain(moment.replace(microsecond=0)) == "2026-11-22T12:00:00.000000Z"
    assert canonical.plain(date(2026, 2, 3)) == "2026-02-03"
    assert canonical.plain(UUID(int=255)) == "00000000-0000-0000-0000-0000000000ff"
    assert canonical.plain({UUID(int=1): Word.DRAFT, "pair": (Pair.BOTH,)}) == {str(UUID(int=1)): "draft", "pair": [[1, 2]]}
    assert type(canonical.plain(Word.DRAFT)) is str


@given(st.sets(st.text(max_size=3), max_size=6))
def test_a_set_has_one_form_whatever_order_it_comes_in(value: set[str]) -> None:
    assert canonical.encode(value) == canonical.encode(frozenset(sorted(value, reverse=True))) == canonical.encode(sorted(value))


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_two_moments_differ_in_their_text_exactly_where_they_differ(one: datetime, other: datetime) -> None:
    assert (canonical.plain(one) == canonical.plain(other)) == (one == other)


MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside


@given(MOMENTS)
def test_an_id_is_a_version_7_of_its_millisecond(at: datetime) -> None:
    made = ids.new(at)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert abs((made.int >> 80) - at.timestamp() * 1000) <= 1


def test_ids_sort_by_the_moment_they_were_made_and_are_never_the_same() -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert len({ids.new(at) for _ in range(1000)}) == 1000
    later = [ids.new(at + timedelta(milliseconds=2 * number)) for number in range(100)]
    assert later == sorted(later)
