"""The lines that differ: right whatever the texts, with pages, and in work that grows with the texts."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.records import line_changes
from tests.work import growth

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "d e"]), max_size=30)


def applied(old: list[str], diff: list[str]) -> list[str]:
    """The old lines with a unified diff applied to them."""
    made, place = [], 0
    for line in diff[2:]:
        if line.startswith("@@"):
            start, _, length = line.split()[1].removeprefix("-").partition(",")
            first = int(start) - (0 if length == "0" else 1)
            made += old[place:first]
            place = first
        elif line.startswith("+"):
            made.append(line[1:])
        else:
            assert old[place] == line[1:]
            made += [old[place]] if line.startswith(" ") else []
            place += 1
    return made + old[place:]


@given(LINES, LINES, st.sampled_from([1, 2, 30]))
def test_a_diff_applied_to_the_old_lines_gives_the_new_ones(old: list[str], new: list[str], edits: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_changes, "EDITS", edits)
        diff = line_changes.changed(old, new)
    assert applied(old, diff) == new
    assert (diff == []) == (old == new)


@given(LINES, LINES)
def test_a_diff_is_about_as_short_as_can_be(old: list[str], new: list[str]) -> None:
    def altered(diff: list[str]) -> int:
        return sum(line[:1] in "+-" for line in diff[2:])

    best = altered(list(difflib.unified_diff(old, new, lineterm="")))
    assert altered(line_changes.changed(old, new)) <= max(best * 2, best + 6)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("a\fb\fc", "a\fb\fd", "@@ -1,3 +1,3 @@ page 3"),
        ("a\f\fc", "a\f\fd", "@@ -1,2 +1,2 @@ page 3"),
        ("a\fb", "a\f\fc", "@@ -1,2 +1,2 @@ page 3, before page 2"),
        ("a", "a\fb\fc", "@@ -1 +1,3 @@ pages 2 to 3"),
        ("a\fb", "a", "@@ -1,2 +1 @@ page 2"),
    ],
)
def test_a_hunk_says_on_which_page_its_lines_are(old: str, new: str, where: str) -> None:
    assert line_changes.of_texts(old, new, "page")[2] == where


def test_a_change_deep_in_a_long_text_is_found() -> None:
    def text(dose: str) -> str:
        return "\f".join(
            "\n".join(f"step {step}" for step in range(45)) + (f"\nGive {dose}" if page == 55 else "") for page in range(1, 61)
        )

    diff = line_changes.of_texts(text("10 mg"), text("100 mg"), "page")
    assert diff[2].endswith("@@ page 55")
    assert [line for line in diff[3:] if line[0] != " "] == ["-Give 10 mg", "+Give 100 mg"]


def test_only_the_first_lines_are_compared_where_that_is_asked() -> None:
    assert line_changes.of_texts("a\nb\nc", "a\nb\nd", most=2) == []
    assert line_changes.of_texts("a\nb\nc", "a\nx\nd", most=2) == ["--- before", "+++ after", "@@ -1,2 +1,2 @@", " a", "-b", "+x"]


def drawn(size: int, kinds: int, seed: int) -> list[str]:
    """Lines that look drawn at random, and are the same each time (a linear congruential generator)."""
    made, state = [], seed
    for _ in range(size):
        state = (state * 1_103_515_245 + 12_345) % 2**31
        made.append(str((state >> 16) % kinds))
    return made


def shuffled(size: int) -> list[str]:
    order = drawn(size, 10**6, 7)
    return [f"line {number}" for number in sorted(range(size), key=lambda number: order[number])]


INPUTS: dict[str, Callable[[int], tuple[list[str], list[str]]]] = {
    "the same but one": lambda size: ([str(number) for number in range(size)], [str(number) for number in range(size - 1)] + ["x"]),
    "nothing in common": lambda size: ([f"a{number}" for number in range(size)], [f"b{number}" for number in range(size)]),
    "two lines at random": lambda size: (drawn(size, 2, 1), drawn(size, 2, 2)),
    "twenty lines at random": lambda size: (drawn(size, 20, 1), drawn(size, 20, 2)),
    "one line again and again": lambda size: (["a"] * size, ["b", "a"] * (size // 2)),
    "every second line new": lambda size: (
        [f"{number}" for number in range(size)],
        [f"{number}{'x' * (number % 2)}" for number in range(size)],
    ),
    "shuffled": lambda size: ([f"line {number}" for number in range(size)], shuffled(size)),
    "turned round": lambda size: ([f"{number}" for number in range(size)], [f"{number}" for number in reversed(range(size))]),
    "swapped halves": lambda size: (
        [f"{number}" for number in range(size)],
        [f"{number}" for number in [*range(size // 2, size), *range(size // 2)]],
    ),
}


@pytest.mark.parametrize("of", INPUTS)
def test_ten_times_the_lines_are_at_most_fifteen_times_the_work(of: str) -> None:
    def call(size: int) -> Callable[[], object]:
        old, new = INPUTS[of](size)
        return lambda: line_changes.changed(old, new)

    assert growth(call, 300) <= 15


def test_matches_keep_their_order() -> None:
    old, new = INPUTS["shuffled"](500)
    blocks = line_changes._Linear(None, old, new, autojunk=False).get_matching_blocks()
    assert all(one.a + one.size <= other.a and one.b + one.size <= other.b for one, other in pairwise(blocks))
