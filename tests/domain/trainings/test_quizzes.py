"""Quizzes: every learner sees their own order, only the right options count, and nothing tells which they are."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.trainings import quizzes
from shared.domain.trainings.quizzes import Answer
from shared.domain.trainings.trainings import CONTENT, with_defaults
from tests.domain import cases
from tests.domain.learning import QUIZ


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
    quizzes.refuse_contradictions(content)
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
    said: Any = with_defaults({"quiz": {"questions": QUIZ["quiz"]["questions"]}})
    assert (said["method"], said["days_to_complete"]) == ("quiz", 14)
    assert (said["quiz"]["pass_mark"], said["quiz"]["attempts"]) == (80, 3)
    assert with_defaults({"description": "Read"})["method"] == "read"


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


TRAINING = str(cases.uid("TRN-2026-0001"))
ASKED = quizzes.asked([{"record_id": TRAINING, "questions": ["Which  gloves?"]}])


def test_what_is_yet_to_be_answered_is_hidden_however_deep_it_stands() -> None:
    row = {"record_id": TRAINING, "content": QUIZ, "before": {"content": QUIZ}}
    shown = {"items": [row], "record_id": None, "old": {"frozen": {"items": [row]}}}
    for one in (quizzes.kept_secret(shown, ASKED)["items"][0], quizzes.kept_secret(shown, ASKED)["old"]["frozen"]["items"][0]):
        for content in (one["content"], one["before"]["content"]):
            first, second = content["quiz"]["questions"]
            assert (first["text"], first["options"]) == ("Which gloves?", [{"text": "Blue"}, {"text": "Red"}])
            assert "correct" in str(second), "a question of another version"
            assert content["quiz"]["pass_mark"] == 50


def test_another_trainings_quiz_and_whoever_has_none_open_see_everything() -> None:
    other = {"record_id": TRAINING, "change": {"record_id": str(cases.uid("other")), "content": QUIZ}, "content": {"quiz": {}}}
    assert quizzes.kept_secret(other, ASKED) == other
    mine = {"record_id": TRAINING, "content": QUIZ}
    assert quizzes.kept_secret(mine, {}) == mine
    assert quizzes.asked(None) == {}


def test_the_trail_doesnt_tell_what_others_chose_while_a_quiz_is_open() -> None:
    entry = {"table_name": "quiz_attempts", "record_id": "x", "old": None, "new": {"answers": {"q1": ["a"]}, "correct": 1}}
    other = {"table_name": "records", "record_id": TRAINING, "old": None, "new": {"id": TRAINING, "content": QUIZ, "answers": 1}}
    attempt, record = quizzes.trail_kept_secret([entry, other], ASKED)
    assert (attempt["new"], attempt["old"]) == ({"answers": None, "correct": 1}, None)
    assert "correct" not in str(record["new"]["content"]["quiz"]["questions"][0])
    assert quizzes.trail_kept_secret([entry, other], {}) == [entry, other]
