"""Quizzes: every learner sees their own order, only the right options count, and nothing tells which they are."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared import quizzes
from shared.errors import Conflict, Invalid
from shared.quizzes import Answer
from shared.trainings import CONTENT, settled
from tests.shared import cases
from tests.shared.learning import QUIZ


def dice(seed: int) -> random.Random:
    """Dice that fall in the same way for the same seed."""
    return random.Random(seed)  # noqa: S311 - guards nothing in a test


@some.composite
def quizzes_with_choices(draw: Any) -> tuple[dict[str, Any], list[set[int]]]:
    """A quiz with whatever right answers, and what somebody chooses of each question."""
    questions, choices = [], []
    for number in range(draw(some.integers(1, 6))):
        flags = draw(some.lists(some.booleans(), min_size=2, max_size=6).filter(any))
        kind = "single" if sum(flags) == 1 and draw(some.booleans()) else "multiple"
        options = [{"text": f"Option {place}", "correct": flag} for place, flag in enumerate(flags)]
        questions.append({"text": f"Question {number}", "kind": kind, "options": options})
        most = 1 if kind == "single" else len(flags)
        choices.append(draw(some.sets(some.integers(0, len(flags) - 1), min_size=1, max_size=most)))
    return {"quiz": {"questions": questions, "pass_mark": draw(some.integers(1, 100)), "attempts": 3}}, choices


def chosen(attempt: quizzes.Attempt, choices: list[set[int]]) -> list[Answer]:
    """Those choices under the keys that this attempt shows them."""
    return [
        Answer(row["key"], [quizzes.LETTERS[place] for place, option in enumerate(row["options"]) if option in choices[row["question"]]])
        for row in attempt.questions
    ]


@given(quizzes_with_choices(), some.integers())
def test_an_attempt_is_passed_exactly_where_enough_questions_are_wholly_right(
    made: tuple[dict[str, Any], list[set[int]]], seed: int
) -> None:
    content, choices = made
    rows = content["quiz"]["questions"]
    right = sum(
        {place for place, option in enumerate(row["options"]) if option["correct"]} == picked
        for row, picked in zip(rows, choices, strict=True)
    )
    quizzes.judge(content)
    attempt = quizzes.begin(cases.ORGANISATION, cases.uid("a"), content, 1, at=cases.AT, dice=dice(seed))
    marked = quizzes.mark(attempt, content, chosen(attempt, choices), at=cases.AT)
    assert (marked.correct, marked.total, marked.ended_at) == (right, len(rows), cases.AT)
    assert marked.passed is (right / len(rows) * 100 >= content["quiz"]["pass_mark"] - 1e-9)
    assert len(quizzes.wrong(marked, content)) == len(rows) - right


@given(quizzes_with_choices(), some.integers())
def test_what_is_shown_holds_every_question_once_and_no_answer(made: tuple[dict[str, Any], list[set[int]]], seed: int) -> None:
    content, _ = made
    attempt = quizzes.begin(cases.ORGANISATION, cases.uid("a"), content, 1, at=cases.AT, dice=dice(seed))
    shown: Any = quizzes.shown(attempt, content)
    assert "correct" not in str(shown)
    assert "correct" not in str(quizzes.without_answers(content))
    assert sorted(one["text"] for one in shown) == sorted(one["text"] for one in content["quiz"]["questions"])
    by_text = {one["text"]: one for one in content["quiz"]["questions"]}
    for one in shown:
        assert sorted(option["text"] for option in one["options"]) == sorted(option["text"] for option in by_text[one["text"]]["options"])


def test_the_order_is_the_attempts_own() -> None:
    orders = {str(quizzes.begin(cases.ORGANISATION, cases.uid("a"), QUIZ, 1, at=cases.AT, dice=dice(seed)).questions) for seed in range(40)}
    assert len(orders) > 10


def test_an_ended_attempt_is_marked_once() -> None:
    attempt = quizzes.begin(cases.ORGANISATION, cases.uid("a"), QUIZ, 1, at=cases.AT)
    marked = quizzes.mark(attempt, QUIZ, chosen(attempt, [{0}, {0, 1}]), at=cases.AT)
    assert marked.passed
    with pytest.raises(Conflict, match="start the quiz again"):
        quizzes.mark(marked, QUIZ, chosen(attempt, [{0}, {0, 1}]), at=cases.AT)


def test_a_single_choice_is_one_option() -> None:
    attempt = quizzes.begin(cases.ORGANISATION, cases.uid("a"), QUIZ, 1, at=cases.AT)
    with pytest.raises(Invalid, match="one option only"):
        quizzes.mark(attempt, QUIZ, chosen(attempt, [{0, 1}, {0}]), at=cases.AT)


def test_the_defaults_of_a_quiz_are_said() -> None:
    said: Any = settled({"quiz": {"questions": QUIZ["quiz"]["questions"]}})  # type: ignore[index]  # JSON
    assert (said["method"], said["days_to_complete"]) == ("quiz", 14)
    assert (said["quiz"]["pass_mark"], said["quiz"]["attempts"]) == (80, 3)
    assert settled({"description": "Read"})["method"] == "read"


@pytest.mark.parametrize("given_flag", ["true", 1, 0, None, "yes"])
def test_a_flag_is_true_or_false(given_flag: object) -> None:
    option = {"text": "A", "correct": given_flag}
    question = {"text": "Q", "kind": "single", "options": [option]}
    with pytest.raises(Invalid):
        CONTENT.check("content", {"quiz": {"questions": [question]}})


def test_the_pass_mark_itself_is_enough() -> None:
    attempt = quizzes.begin(cases.ORGANISATION, cases.uid("a"), QUIZ, 1, at=cases.AT)
    marked = quizzes.mark(attempt, QUIZ, chosen(attempt, [{0}, {2}]), at=cases.AT)
    assert (marked.correct, marked.total, marked.passed) == (1, 2, True), "the mark is 50 per cent"
