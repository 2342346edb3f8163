"""Quizzes: passed before signing, locked when used up, and never giving their answers away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Colleague, Company, company, mails
from tests.functions.courses import (
    QUESTIONS,
    QUIZ,
    answered,
    completed,
    only,
    options,
    training,
)
from tests.product import Product


def test_the_quiz_is_passed_before_it_is_signed(firm: Company) -> None:
    training(firm, method="quiz", quiz=QUIZ, audience={"roles": ["operator"]})
    found = only(firm.operator)
    assert found["quiz"] == {
        "questions": 2,
        "pass_mark": 100,
        "attempts": 2,
        "attempts_left": 2,
        "passed": False,
        "begun": False,
        "results": [],
    }
    signing = {"subject_kind": "assignment", "subject_id": found["id"], "meaning": "read and understood"}
    firm.operator.post("start_signing", **signing).refused(409, "Pass the quiz first")
    first = firm.operator.post("start_quiz", assignment_id=found["id"], etag=found["etag"]).ok["attempt"]
    assert (first["number"], first["of"], len(first["questions"])) == (1, 2, 2)
    assert "correct" not in str(first)
    again = firm.operator.post("start_quiz", assignment_id=found["id"], etag=found["etag"]).ok["attempt"]
    assert again == first, "one open attempt at a time"
    failed = answered(firm.operator, found, rightly=False).ok
    assert (failed["attempt"]["passed"], failed["attempt"]["correct"], failed["attempt"]["attempts_left"]) == (False, 0, 1)
    assert sorted(failed["attempt"]["wrong"]) == ["q1", "q2"]
    passed = answered(firm.operator, failed["assignment"], rightly=True).ok
    assert (passed["attempt"]["passed"], passed["attempt"]["correct"], passed["attempt"]["wrong"]) == (True, 2, [])
    firm.operator.post("start_quiz", assignment_id=found["id"], etag=passed["assignment"]["etag"]).refused(409, "passed this quiz")
    assert completed(firm.operator, passed["assignment"]).ok["assignment"]["status"] == "completed"


def test_used_up_attempts_lock_until_qa_assigns_again(product: Product, firm: Company) -> None:
    training(firm, method="quiz", quiz=QUIZ, audience={"roles": ["operator"]})
    found = only(firm.operator)
    for _ in range(2):
        found = answered(firm.operator, found, rightly=False).ok["assignment"]
    assert found["status"] == "locked"
    assert [template for template, _ in mails(product, firm.qa.email)].count("training_locked") == 1
    firm.operator.post("start_quiz", assignment_id=found["id"], etag=found["etag"]).refused(409, "locked")
    firm.operator.post("reassign_training", assignment_id=found["id"], etag=found["etag"]).refused(403)
    opened = firm.qa.post("reassign_training", assignment_id=found["id"], etag=found["etag"]).ok["assignment"]
    assert (opened["status"], opened["attempts"], opened["quiz"]["attempts_left"]) == ("assigned", 0, 2)
    passed = answered(firm.operator, opened, rightly=True).ok
    assert passed["attempt"]["passed"]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ([], "answers"),
        ([{"question": "q9", "options": ["a"]}], "answers.0.question"),
        ([{"question": "q1", "options": []}], "answers.0.options"),
        ([{"question": "q1", "options": ["z"]}], "answers.0.options"),
        ([{"question": "q1", "options": ["a"]}, {"question": "q1", "options": ["a"]}], "answers.1.question"),
    ],
)
def test_answers_that_miss_a_question_use_up_no_attempt(product: Product, ours_quiz: Any, answers: Any, field: str) -> None:
    person, assignment_id = ours_quiz
    found = person.get("get_assignment", id=assignment_id).ok
    refused = person.post("answer_quiz", assignment_id=assignment_id, answers=answers, etag=found["etag"]).refused(422)
    assert refused["field"] == field
    assert person.get("get_assignment", id=assignment_id).ok["quiz"]["attempts_left"] == 2


@pytest.fixture(scope="module")
def ours_quiz(product: Product) -> tuple[Colleague, str]:
    """An operator with an open attempt, and the assignment's id."""
    firm = company(product, "action_owner", "qa", "operator")
    training(firm, method="quiz", quiz=QUIZ, audience={"roles": ["operator"]})
    found = only(firm.operator)
    firm.operator.post("start_quiz", assignment_id=found["id"], etag=found["etag"]).ok
    return firm.operator, found["id"]


def test_the_right_answers_are_hidden_from_whoever_has_yet_to_give_them(firm: Company) -> None:
    made = training(firm, method="quiz", quiz=QUIZ, audience={"roles": ["operator", "qa"]})
    for person in (firm.operator, firm.second_qa):
        assert "correct" not in str(person.get("get_training", id=made["id"]).ok["content"]["quiz"])
        assert "correct" not in str(only(person))
    assert firm.action_owner.get("get_training", id=made["id"]).ok["content"]["quiz"]["questions"] == QUESTIONS
    passed = answered(firm.second_qa, only(firm.second_qa), rightly=True).ok["assignment"]
    completed(firm.second_qa, passed).ok
    assert "correct" in str(firm.second_qa.get("get_training", id=made["id"]).ok["content"]["quiz"])
    other = training(firm, "Other")
    asked = firm.action_owner.post("propose_change", reason="Ask", items=[{"record_id": other["id"], "content": {"quiz": QUIZ}}]).ok[
        "change"
    ]
    assert any("correct" in one["field"] for one in asked["items"][0]["diff"]), "author and QA see what they approve"


@pytest.mark.parametrize(
    ("quiz", "field"),
    [
        (None, "content.quiz"),
        ({"questions": []}, "content.quiz"),
        ({"questions": [{**QUESTIONS[0], "options": QUESTIONS[0]["options"][:1]}]}, "content.quiz.questions.0.options"),
        ({"questions": [{**QUESTIONS[0], "kind": "perhaps"}]}, "items.0.content.quiz.questions.0.kind"),
        ({"questions": [{**QUESTIONS[1], "kind": "single"}]}, "content.quiz.questions.0.options"),
        ({"questions": [{**QUESTIONS[0], "options": options(wrong=False)}]}, "content.quiz.questions.0.options"),
        ({"questions": [{**QUESTIONS[0], "options": options(wrong="yes")}]}, "content.quiz.questions.0.options.0.correct"),
    ],
)
def test_a_quiz_that_cannot_be_answered_is_refused(product: Product, quizless: Company, quiz: Any, field: str) -> None:
    given = {"method": "quiz", **({"quiz": quiz} if quiz is not None else {})}
    refused = quizless.action_owner.post("create_training", title="Bad", content=given).refused(422)
    assert refused["field"].endswith(field.removeprefix("items.0."))
