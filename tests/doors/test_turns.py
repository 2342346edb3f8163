"""Whose request gets the next free thread."""

from __future__ import annotations

import time

import pytest

from shared.doors import turns
from shared.doors.turns import Head, Turns, share_of

THREADS = 8
ROOMY = share_of(THREADS, 100)


def head(organisation: str, by: str = "one", *, heavy: bool = False) -> Head:
    return Head(organisation, by, heavy)


def filled(*heads: Head, made: Turns[str] | None = None) -> Turns[str]:
    """Requests that wait, named by their organisation, token and number."""
    queue = made or Turns[str](THREADS, ROOMY)
    for number, one in enumerate(heads):
        assert queue.add(f"{one.organisation} {one.token} {one.heavy} {number}", one)
    return queue


def going(queue: Turns[str]) -> list[str]:
    """Those that may go now, by organisation and token."""
    found = []
    while (item := queue.next()) is not None:
        found.append(" ".join(item.split()[:2]))
    return found


def test_an_organisation_alone_gets_half_the_threads() -> None:
    assert going(filled(*[head("a")] * 10)) == ["a one"] * (THREADS // 2)


def test_while_others_are_there_one_request_of_each_is_at_work() -> None:
    assert going(filled(*[head("a")] * 5, *[head("b")] * 5)) == ["a one", "b one"]


def test_an_organisation_counts_as_there_for_a_moment_after_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = filled(head("good"))
    item = queue.next()
    assert item
    queue.done(item)
    filled(*[head("a")] * 5, made=queue)
    assert going(queue) == ["a one"], "its next read comes in a moment"
    later = time.monotonic() + turns.LATELY + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert going(queue) == ["a one"] * (THREADS // 2 - 1)


def test_who_waits_for_a_body_is_not_at_work_but_holds_a_thread() -> None:
    queue = Turns[str](THREADS, ROOMY, works=lambda item: "waiting" not in item)
    filled(*[head("a", "waiting")] * 2, head("b"), made=queue)
    assert sorted(going(queue)) == ["a waiting", "a waiting", "b one"]
    filled(*[head("a", "busy")] * 5, made=queue)
    assert going(queue) == ["a busy"]
    other = Turns[str](THREADS, ROOMY, works=lambda item: "waiting" not in item)
    assert len(going(filled(*[head("a", "waiting")] * 9, made=other))) == THREADS // 2


def test_the_people_of_an_organisation_take_turns() -> None:
    queue = filled(*[head("a", "many")] * 5, head("a", "few"))
    assert going(queue)[:2] == ["a many", "a few"]


def test_heavy_functions_have_a_place_beside_the_others() -> None:
    queue = filled(*[head("a", heavy=True)] * 3, *[head("a")] * 6)
    assert len(going(queue)) == ROOMY.heavy + THREADS // 2
    many = filled(*[head(f"firm{number}", heavy=True) for number in range(THREADS)])
    assert len(going(many)) == THREADS // 2, "however many organisations export, half the threads are left"


def test_what_waits_beyond_its_place_is_refused_and_the_others_arent() -> None:
    queue = Turns[str](THREADS, share_of(THREADS))
    filled(*[head("a", "many")] * share_of(THREADS).waiting, made=queue)
    assert not queue.add("one more", head("a", "many"))
    assert queue.add("another's", head("a", "few"))
    assert queue.add("of no organisation", head("", "many"))


def test_every_request_has_its_turn_at_last() -> None:
    queue = filled(*[head(f"firm{number % 3}", f"person{number % 5}", heavy=number % 4 == 0) for number in range(60)])
    answered = 0
    while (item := queue.next()) is not None:
        answered += 1
        queue.done(item)
    assert (answered, queue.queues, queue.under_way) == (60, {}, {})


@pytest.mark.parametrize(
    ("heavy", "other", "took", "rests"),
    [(True, True, 0.3, 0.3), (True, True, 60.0, turns.LONGEST_REST), (True, False, 0.3, 0.0), (False, True, 0.3, 0.0)],
)
def test_a_heavy_requests_place_stays_taken_as_long_again_while_others_are_there(
    *, heavy: bool, other: bool, took: float, rests: float
) -> None:
    queue = filled(*([head("b")] if other else []))
    if other:
        first = queue.next()
        assert first
        queue.done(first)
    filled(head("a", heavy=heavy), made=queue)
    item = queue.next()
    assert item
    assert queue.rest(item, took) == rests
    queue.done(item)
    assert queue.rest(item, took) == 0.0


def test_nobody_rests_for_who_was_there_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = filled(head("b"))
    first = queue.next()
    assert first
    queue.done(first)
    filled(head("a", heavy=True), made=queue)
    item = queue.next()
    assert item
    later = time.monotonic() + turns.LATELY + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert queue.rest(item, 0.3) == 0.0
