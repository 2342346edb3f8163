"""Quizzes: questions with right answers, shown to each learner in random order, and marked (ISO 13485 6.2)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from shared.domain.kernel import ids, text
from shared.domain.kernel.content import Choice, Content, Fields, Flag, Integer, ListOf, Text, Whole
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.untyped import as_list, as_object
from shared.domain.kernel.values import dataclass, replace

PASS_MARK, ATTEMPTS = 80, 3  # the defaults: per cent, and number of attempts
SINGLE, MULTIPLE = "single", "multiple"


class Option(Whole):
    """One option of a question. `correct` isn't required in its schema, because answers hide it from some readers."""

    def schema(self) -> dict[str, object]:
        """An object with its text."""
        return {
            **super().schema(),
            "description": "Say of each whether it is correct; this isn't shown to whoever is yet to pass the quiz.",
            "required": ["text"],
        }


class Questions(ListOf):
    """The questions, each once. Its schema doesn't require uniqueness: with the right answers hidden, two may look alike."""

    def schema(self) -> dict[str, object]:
        """An array."""
        return {name: value for name, value in super().schema().items() if name != "uniqueItems"}


QUIZ = Fields(
    questions=Questions(
        Whole(
            text=Text(text.REASON),
            kind=Choice((SINGLE, MULTIPLE)),
            options=ListOf(Option(text=Text(text.REASON), correct=Flag()), 20),
        ),
        100,
    ),
    pass_mark=Integer(1, 100),
    attempts=Integer(1, 20),
)
Asked = Mapping[str, frozenset[str]]  # by training, the questions that a person has yet to answer
LETTERS = "abcdefghijklmnopqrst"


@dataclass(frozen=True)
class Attempt:
    """One attempt at a quiz. `questions` is the order that this learner saw: the question and the option behind each key."""

    organisation_id: UUID
    id: UUID
    assignment_id: UUID
    number: int
    questions: Sequence[Mapping[str, Any]]
    total: int
    started_at: datetime
    answers: Mapping[str, Any] | None = None
    correct: int | None = None
    passed: bool | None = None
    ended_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class Answer:
    """What a learner chose for one question: the keys of its options."""

    __pydantic_config__: ClassVar = {"extra": "forbid", "strict": True}

    question: str
    options: list[str]


def questions_of(given: Content) -> list[Mapping[str, Any]]:
    """The questions that a training's content holds."""
    return as_list(as_object(given.get("quiz")).get("questions"))


def with_defaults(quiz: Mapping[str, Any]) -> dict[str, object]:
    """The quiz with its default pass mark and attempts filled in, so that approvers see them."""
    kept = {name: value for name, value in quiz.items() if value is not None}
    return {"pass_mark": PASS_MARK, "attempts": ATTEMPTS, **kept} if kept.get("questions") else kept


def refuse_contradictions(given: Content) -> None:
    """Raise Invalid if a question has no right answer, or options that contradict its kind."""
    for index, question in enumerate(questions_of(given)):
        path = f"content.quiz.questions.{index}"
        right = sum(option["correct"] for option in question["options"])
        if len(question["options"]) < 2:
            raise Invalid(f"{path}.options", Sentence("two_options_needed", "A question needs at least two options."))
        if right < 1:
            raise Invalid(f"{path}.options", Sentence("correct_option_needed", "At least one option must be correct."))
        if question["kind"] == SINGLE and right > 1:
            raise Invalid(
                f"{path}.options",
                Sentence("one_correct_option", "Only one option of a single-choice question is correct; make it multiple, or choose one."),
            )
        words = [option["text"] for option in question["options"]]
        if len(set(words)) < len(words):
            raise Invalid(f"{path}.options", Sentence("options_say_the_same", "Two options say the same."))


def without_answers(given: Content) -> dict[str, object]:
    """The content of a training with the right answers hidden."""
    quiz = given.get("quiz")
    if not isinstance(quiz, Mapping):
        return dict(given)
    return {**given, "quiz": _hidden(quiz)}


def asked(rows: Iterable[Mapping[str, Any]] | None) -> Asked:
    """The questions that a person has yet to answer, by training, from the rows of their open assignments."""
    found: dict[str, frozenset[str]] = {}
    for row in rows or ():
        found[str(row["record_id"])] = frozenset(_same(words) for words in row["questions"])
    return found


def kept_secret(shown: object, asked: Asked, about: str | None = None) -> Any:  # noqa: ANN401 - whatever was given
    """`shown` with the right answers hidden, at any depth, of the questions that its reader has yet to answer.

    `about` is the record that a part belongs to: the nearest `record_id`. A question of the version assigned to the reader is hidden in
    every version that asks it in the same words. So an approver with an open assignment sees the answers of new questions only; to see
    the others they pass the quiz first, or leave the approval to a colleague. Hide both sides before comparing them: a comparison of
    unhidden sides would reveal the answers.
    """
    if not asked:
        return shown
    if isinstance(shown, Mapping):
        about = shown.get("record_id") or about
        kept = {name: kept_secret(value, asked, about) for name, value in shown.items()}
        if str(about) in asked and isinstance(shown.get("quiz"), Mapping):
            kept["quiz"] = _hidden(kept["quiz"], asked[str(about)])
        return kept
    return [kept_secret(one, asked, about) for one in shown] if isinstance(shown, list) else shown


def trail_kept_secret(entries: Iterable[Mapping[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    """Audit trail entries with the same answers hidden; while a quiz is open, also without anybody's chosen answers."""
    shown = [dict(kept_secret(one, asked)) for one in entries]
    for one in shown if asked else ():
        if one["table_name"] == "quiz_attempts":
            one |= {side: {**one[side], "answers": None} for side in ("old", "new") if one[side]}
    return shown


def _same(words: object) -> str:
    """A question's words, normalised for comparison."""
    return " ".join(str(words).split()).casefold()


def _hidden(quiz: Mapping[str, Any], words: frozenset[str] | None = None) -> dict[str, Any]:
    """A quiz with the right answers hidden: of the questions in `words`, or of all if None."""
    if "questions" not in quiz:
        return dict(quiz)
    questions = [
        one
        if words is not None and _same(one["text"]) not in words
        else {**one, "options": [{"text": option["text"]} for option in one["options"]]}
        for one in quiz["questions"] or ()
    ]
    return {**quiz, "questions": questions}


def begin(
    organisation_id: UUID, assignment_id: UUID, given: Content, number: int, *, at: datetime, dice: random.Random | None = None
) -> Attempt:
    """A new attempt with its questions and options in random order."""
    dice = dice or random.SystemRandom()
    questions = questions_of(given)
    order = []
    for place, index in enumerate(dice.sample(range(len(questions)), len(questions))):
        many = len(questions[index]["options"])
        order.append({"key": f"q{place + 1}", "question": index, "options": dice.sample(range(many), many)})
    return Attempt(
        organisation_id=organisation_id,
        id=ids.new(at),
        assignment_id=assignment_id,
        number=number,
        questions=order,
        total=len(questions),
        started_at=at,
    )


def shown(attempt: Attempt, given: Content) -> list[dict[str, object]]:
    """The questions as the learner sees them, each option under its letter."""
    questions = questions_of(given)
    return [
        {
            "key": row["key"],
            "text": questions[row["question"]]["text"],
            "kind": questions[row["question"]]["kind"],
            "options": [
                {"key": LETTERS[place], "text": questions[row["question"]]["options"][option]["text"]}
                for place, option in enumerate(row["options"])
            ],
        }
        for row in attempt.questions
    ]


def mark(attempt: Attempt, given: Content, answers: Sequence[Answer], *, at: datetime) -> Attempt:
    """End and mark the attempt: a question is right if exactly its correct options were chosen."""
    if attempt.ended_at is not None:
        raise Conflict(Sentence("attempt_ended", "This attempt has ended; start the quiz again."))
    chosen = _chosen(attempt, given, answers)
    right = [row["key"] for row in attempt.questions if _is_right(row, given, chosen[row["key"]])]
    return replace(
        attempt,
        answers={key: sorted(letters) for key, letters in chosen.items()},
        correct=len(right),
        passed=len(right) * 100 >= pass_mark(given) * attempt.total,
        ended_at=at,
    )


def wrong(attempt: Attempt, given: Content) -> list[str]:
    """The keys of the questions answered wrongly."""
    return [row["key"] for row in attempt.questions if not _is_right(row, given, set((attempt.answers or {})[row["key"]]))]


def allowed(given: Content) -> int:
    """How many attempts the quiz allows."""
    return int(_quiz(given)["attempts"])


def pass_mark(given: Content) -> int:
    """The percentage of questions that must be right."""
    return int(_quiz(given)["pass_mark"])


def _quiz(given: Content) -> Mapping[str, Any]:
    quiz = as_object(given.get("quiz"))
    return with_defaults(quiz) if quiz else {}


def _chosen(attempt: Attempt, given: Content, answers: Sequence[Answer]) -> dict[str, set[str]]:
    """The chosen options by question; raises Invalid unless every question is answered once, with existing options."""
    rows = {row["key"]: row for row in attempt.questions}
    found: dict[str, set[str]] = {}
    for index, answer in enumerate(answers):
        path = f"answers.{index}"
        if answer.question not in rows or answer.question in found:
            raise Invalid(
                f"{path}.question", Sentence("answer_each_once", "Answer each question once, by the key that it was asked under.")
            )
        row = rows[answer.question]
        letters = set(LETTERS[: len(row["options"])])
        if not answer.options or not set(answer.options) <= letters:
            raise Invalid(
                f"{path}.options", Sentence("no_such_option", "Choose from the options: {options}.", options=tuple(sorted(letters)))
            )
        if questions_of(given)[row["question"]]["kind"] == SINGLE and len(set(answer.options)) > 1:
            raise Invalid(f"{path}.options", Sentence("one_option_only", "Choose one option only."))
        found[answer.question] = set(answer.options)
    if missing := [key for key in rows if key not in found]:
        raise Invalid("answers", Sentence("question_unanswered", "Question {question} isn't answered yet.", question=missing[0]))
    return found


def _is_right(row: Mapping[str, Any], given: Content, chosen: set[str]) -> bool:
    options = questions_of(given)[row["question"]]["options"]
    return chosen == {LETTERS[place] for place, option in enumerate(row["options"]) if options[option]["correct"]}
