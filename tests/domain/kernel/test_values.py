"""Frozen dataclasses as Python's own: each is compared with what `dataclasses` makes of the same class."""

from __future__ import annotations

import copy
import dataclasses
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.kernel.values import dataclass, replace


@dataclass(frozen=True)
class Batch:
    """Made by us."""

    number: str
    units: int = 1
    labels: tuple[str, ...] = ()
    content: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def doubled(self) -> int:
        """Twice as many."""
        return 2 * self.units


@dataclass(frozen=True)
class Kept(Batch):
    """One that inherits, and says for itself what it looks like."""

    place: str = "cold store"

    def __repr__(self) -> str:
        return f"kept in the {self.place}"


@dataclasses.dataclass(frozen=True)
class Theirs:
    """The same, made by Python."""

    number: str
    units: int = 1
    labels: tuple[str, ...] = ()
    content: Mapping[str, object] = dataclasses.field(default_factory=dict)


Given = tuple[str, int, tuple[str, ...]]
NOTHING: Any = None  # as content: one that can be hashed
VALUES = st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.sampled_from([(), ("x",)]))


@given(one=VALUES, other=VALUES)
def test_two_are_equal_and_hashed_alike_as_pythons_own_are(one: Given, other: Given) -> None:
    ours, theirs = (Batch(*one, NOTHING), Batch(*other, NOTHING)), (Theirs(*one, NOTHING), Theirs(*other, NOTHING))
    assert (ours[0] == ours[1]) == (theirs[0] == theirs[1]) == (len(set(ours)) == 1)
    assert [repr(row) for row in ours] == [repr(row).replace("Theirs", "Batch") for row in theirs]
    assert [hash(row) for row in ours] == [hash(row) for row in theirs]


def test_what_python_offers_for_dataclasses_works() -> None:
    batch = Batch("B-1", labels=("x",))
    assert dataclasses.is_dataclass(batch)
    assert dataclasses.asdict(batch) == {"number": "B-1", "units": 1, "labels": ("x",), "content": {}}
    assert dataclasses.replace(batch, units=3) == Batch("B-1", 3, ("x",))
    assert replace(batch, units=3) == dataclasses.replace(batch, units=3)
    assert replace(batch, units=3).doubled == 6
    assert copy.deepcopy(batch) == copy.copy(batch) == batch
    assert Batch.__match_args__ == Theirs.__match_args__


def test_each_gets_a_default_of_its_own() -> None:
    assert Batch("B-1").content is not Batch("B-1").content
    assert Batch("B-1", content={"a": 1}).content == {"a": 1}


def test_nothing_is_altered() -> None:
    batch = Batch("B-1")
    alterations: list[Callable[[], None]] = [
        lambda: setattr(batch, "units", 2),
        lambda: setattr(batch, "x", 2),
        lambda: delattr(batch, "units"),
    ]
    for alter in alterations:
        with pytest.raises(dataclasses.FrozenInstanceError, match="of a Batch"):
            alter()
    assert batch == Batch("B-1")


def test_another_class_is_never_equal() -> None:
    values: object = ("B-1", 1, (), {})
    assert Batch("B-1") != Kept("B-1")
    assert Batch("B-1") != values


def test_a_class_keeps_what_it_says_itself() -> None:
    assert repr(Kept("B-1")) == "kept in the cold store"
    assert (Kept("B-1", 4).doubled, Kept("B-1", place="shelf").place) == (8, "shelf")


@pytest.mark.parametrize("given", [(), ("a", 1, (), {}, "more")])
def test_wrong_arguments_are_refused(given: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="__init__"):
        Batch(*given)


def test_an_unknown_field_is_refused() -> None:
    unknown: dict[str, Any] = {"weight": 1}
    with pytest.raises(TypeError, match="weight"):
        Batch("B-1", **unknown)
    with pytest.raises(TypeError, match="a Batch has no weight"):
        replace(Batch("B-1"), **unknown)


def test_an_altered_one_leaves_the_first_as_it_was() -> None:
    batch = Kept("B-1")
    altered = replace(batch, number="B-2", place="shelf")
    assert (type(altered), altered.number, altered.place, altered.units) == (Kept, "B-2", "shelf", 1)
    assert (batch.number, batch.place) == ("B-1", "cold store")


def test_threads_that_make_the_first_ones_at_once_each_get_theirs() -> None:
    def made(number: int) -> list[tuple[int, int]]:
        start.wait()
        return [(one(number, 1).a, one(number, 1).b) for one in classes]

    classes: list[Any] = [
        dataclass(frozen=True)(type("Row", (), {"__annotations__": {"a": "int", "b": "int"}, "__doc__": "A row."})) for _ in range(200)
    ]
    start = threading.Barrier(4)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(made, range(4))) == [[(number, 1)] * 200 for number in range(4)]


def test_only_frozen_ones_are_made() -> None:
    with pytest.raises(AssertionError):
        dataclass(frozen=False)


def test_a_maker_of_its_own_may_use_the_inherited_one() -> None:
    @dataclass(frozen=True)
    class Counted(Batch):
        """Made by a method of its own."""

        def __init__(self, number: str) -> None:
            super().__init__(number.upper(), units=2)

    assert [(Counted("b").number, Counted("b").units) for _ in range(2)] == [("B", 2)] * 2


def test_what_only_pythons_own_can_is_refused_when_the_class_is_made() -> None:
    def later(_self: object) -> None:
        """Would never be called."""

    for more in (
        {"__post_init__": later},
        {"a": dataclasses.field(compare=False)},
        {"a": dataclasses.field(init=False)},
        {"__doc__": None},
    ):
        with pytest.raises(AssertionError):
            dataclass(frozen=True)(type("Row", (), {"__annotations__": {"a": "int"}, "__doc__": "A row.", **more}))
