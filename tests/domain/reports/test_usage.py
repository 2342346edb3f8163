"""What analysts may see: nothing of a small group, nor from the difference of totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.reports import usage
from shared.domain.reports.usage import Cell, Column, NotAnonymous, suppress

DIMENSIONS = ("function", "role", "outcome")
MARGINS = [(), *((one,) for one in DIMENSIONS), *combinations(DIMENSIONS, 2)]
cells = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.sampled_from(("done", "refused"))),
    st.tuples(st.integers(1, 40), st.integers(1, 9), st.integers(1, 5)),
    max_size=14,
).map(lambda found: [cell(key, people, firms, people * each) for key, (people, firms, each) in found.items()])
margins = st.lists(st.sampled_from(MARGINS), max_size=4, unique=True)


def cell(key: Sequence[str], people: int = 20, organisations: int = 6, count: int = 100, most: int = 1) -> Cell:
    return Cell(dict(zip(DIMENSIONS, key, strict=True)), people, organisations, count, most)


def sums(found: Sequence[Cell], published: Sequence[Cell], over: Sequence[Sequence[str]]) -> list[set[int]]:
    """What a total less its published cells consists of, for every total of which something is published."""
    made: dict[tuple[object, ...], set[int]] = {}
    for number, margin in enumerate(over):
        for index, one in enumerate(found):
            made.setdefault((number, *(one.labels[name] for name in margin)), set()).add(index)
    shown = {index for index, one in enumerate(found) if one in published}
    return [group - shown for group in made.values() if group & shown and group - shown]


def told(equations: Sequence[set[int]], unknown: set[int]) -> bool:
    """Whether adding and subtracting the sums tells something of these unknowns alone (rank with and without their columns)."""
    everything = rank([{index: Fraction(1) for index in one} for one in equations])
    others = rank([{index: Fraction(1) for index in one - unknown} for one in equations])
    return everything > others


def rank(rows: list[dict[int, Fraction]]) -> int:
    found = 0
    rows = [row for row in rows if row]
    while rows:
        first = rows.pop()
        found += 1
        column = next(iter(first))
        for row in rows:
            times = row.get(column, Fraction(0)) / first[column]
            for index, value in first.items():
                row[index] = row.get(index, Fraction(0)) - times * value
        rows = [kept for row in rows if (kept := {index: value for index, value in row.items() if value})]
    return found


@given(cells, margins)
def test_no_published_group_is_small(found: list[Cell], over: list[tuple[str, ...]]) -> None:
    for one in suppress(found, over):
        assert one.people >= 11
        assert one.organisations >= 5


@settings(max_examples=300)
@given(cells, margins)
def test_no_difference_of_totals_tells_of_small_groups_alone(found: list[Cell], over: list[tuple[str, ...]]) -> None:
    published = suppress(found, over)
    equations = sums(found, published, over)
    assert not told(equations, {index for index, one in enumerate(found) if not one.safe})


@given(cells)
def test_what_is_large_is_published_where_no_total_is_known(found: list[Cell]) -> None:
    assert suppress(found) == [one for one in found if one.safe]


def test_a_total_gives_no_single_hidden_group_away() -> None:
    small, next_smallest, large = cell("ax1", people=3), cell("ay1", people=15), cell("az1", people=40)
    assert suppress([small, next_smallest, large]) == [next_smallest, large]
    assert suppress([small, next_smallest, large], [("function",)]) == [large]


def test_two_small_groups_together_are_no_cover_for_each_other() -> None:
    """Their sum may be that of the same few people."""
    groups = [cell("ax1", people=10), cell("ay1", people=10), cell("az1", people=12), cell("aw1", people=99)]
    assert suppress(groups, [("function",)]) == groups[3:]


def test_a_cover_that_another_total_tells_of_is_no_cover() -> None:
    """Columns and rows together: what covers in its row must be covered in its column."""
    square = [cell((row, column, "done"), people=4 if row + column == "ax" else 30) for row in "abc" for column in "xyz"]
    over = [("function",), ("role",)]
    published = suppress(square, over)
    assert len(published) >= 4
    assert not told(sums(square, published, over), {0})


@pytest.mark.parametrize(
    ("change", "safe"),
    [
        ({}, True),
        ({"people": 11, "organisations": 5}, True),
        ({"people": 10}, False),
        ({"organisations": 4}, False),
        ({"most": 50}, True),
        ({"most": 51}, False),
    ],
)
def test_a_group_has_eleven_people_and_five_organisations_and_nobody_who_did_most(change: dict[str, Any], safe: bool) -> None:
    assert replace(cell("ax1"), **change).safe is safe


def test_suppressing_a_whole_day_of_the_product_takes_moments() -> None:
    functions, roles = [f"function_{number}" for number in range(100)], ("operator", "action_owner", "qa", "inspector", "admin")
    made = [
        Cell({"function": function, "role": role, "outcome": outcome, "refusal": refusal}, *group(at, place, turn), 10_000)
        for at, function in enumerate(functions)
        for place, role in enumerate(roles)
        for turn, (outcome, refusal) in enumerate((("done", None), *(("refused", word) for word in usage.REFUSALS.values())))
    ]
    over = [("function", "outcome"), ("role", "outcome"), ("outcome", "refusal")]
    assert len(suppress(made, over)) < len(usage.suppress_steps(made)) < sum(one.safe for one in made)


def group(*numbers: int) -> tuple[int, int]:
    """People and organisations, small now and then."""
    mixed = hash(numbers) % 97
    return (mixed % 40 + 1, mixed % 9 + 1)


@pytest.mark.parametrize(("count", "published"), [(11, 10), (12, 10), (13, 15), (1003, 1005)])
def test_counts_are_published_in_fives(count: int, published: int) -> None:
    assert usage.rounded(count) == published


@pytest.mark.parametrize(("people", "published"), [(11, 11), (19, 11), (20, 20), (1999, 1000), (10**6, 100_000)])
def test_how_many_people_is_published_as_at_least(people: int, published: int) -> None:
    assert usage.at_least(people) == published


@pytest.mark.parametrize(("members", "band"), [(1, "1-10"), (10, "1-10"), (11, "11-50"), (50, "11-50"), (51, "51-250"), (251, "over 250")])
def test_organisations_are_of_four_sizes(members: int, band: str) -> None:
    assert usage.size_band(members) == band


@pytest.mark.parametrize("table", [*usage.DAILY, *usage.MONTHLY], ids=lambda table: table.name)
def test_every_column_says_what_it_means(table: usage.Table) -> None:
    assert all(len(column.description) > 10 for column in table.columns)
    assert table.columns[0].name == table.partition
    assert set(table.clustering) <= {column.name for column in table.columns}
    usage.refuse_unlisted([table])


def test_a_column_that_isnt_on_the_list_is_refused() -> None:
    more = replace(usage.USAGE, columns=(*usage.USAGE.columns, Column("person_id", "STRING", "Who")))
    with pytest.raises(NotAnonymous, match="person_id"):
        usage.refuse_unlisted([usage.STEPS, more])


@pytest.mark.parametrize(
    "row",
    [
        {"person_id": "x"},
        {"role": "Ann from the laboratory"},
        {"function": "0198c0de-0000-7000-8000-000000000000"},
        {"function": "a@demo.example"},
        {"refusal": "This document is effective; to submit it must be draft."},
    ],
)
def test_no_text_leaves_that_a_person_typed(row: dict[str, object]) -> None:
    with pytest.raises(NotAnonymous):
        usage.refuse_unknown(usage.USAGE, [row])
