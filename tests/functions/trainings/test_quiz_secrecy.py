"""The right answers of a quiz reach nobody who is yet to give them, by whichever function; its authors and approvers read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.builders import Colleague, Company, approve, company, document, effective_document, submitted
from tests.functions.courses import QUESTIONS, QUIZ, answered, completed, only, revised, training
from tests.product import Answer, Product

NEW = {"text": "Which mask?", "kind": "single", "options": [{"text": "FFP2", "correct": True}, {"text": "None", "correct": False}]}
SECRET = ("Which gloves?", "What is weighed?")


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with two action owners and two QA."""
    return company(product, "action_owner", "second_action_owner", "qa", "second_qa", "operator")


def told(given: Any) -> set[str]:
    """The questions of which an answer says, anywhere in it, which options are correct; "diff" for a difference that does."""
    if isinstance(given, dict):
        options = given.get("options")
        own = {given["text"]} if isinstance(options, list) and any(isinstance(one, dict) and "correct" in one for one in options) else set()
        own |= {"diff"} if str(given.get("field", "")).endswith(".correct") else set()
        own |= {"attempt"} if "assignment_id" in given and given.get("answers") else set()
        return own.union(*map(told, given.values()))
    return set().union(*map(told, given)) if isinstance(given, list) else set()


def reads(by: Colleague, made: dict[str, Any], change: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """What a person reads of a training, the change of its second version and the trail."""
    return {
        "get_training": by.get("get_training", id=made["id"]).ok.body,
        "get_change": by.get("get_change", id=change["id"]).ok.body,
        "get_approval_request": by.get("get_approval_request", id=request["id"]).ok.body,
        "get_record_history": by.get("get_record_history", id=made["id"]).ok.body,
        "list_audit_trail": by.get("list_audit_trail", limit=100).ok.body,
        "trail of the training": by.get("list_audit_trail", record_id=made["id"]).ok.body,
        "trail of the change": by.get("list_audit_trail", record_id=change["id"]).ok.body,
    }


def proposed(by: Colleague, made: dict[str, Any], **content: object) -> dict[str, Any]:
    """A draft of the training's next version."""
    items = [{"record_id": made["id"], "content": content}]
    return dict(by.post("propose_change", reason="Better", items=items).ok["change"])


def test_who_is_yet_to_answer_is_told_nowhere_what_is_right(firm: Company) -> None:
    learners = {"person_ids": [firm.qa.id, firm.second_action_owner.id, firm.operator.id]}
    made = training(firm, method="quiz", quiz=QUIZ, audience=learners)
    answered(firm.operator, only(firm.operator), rightly=True).ok
    asked = submitted(firm.action_owner, proposed(firm.action_owner, made, quiz={**QUIZ, "pass_mark": 50}))
    change, request = asked["change"], asked["approval_request"]
    for learner in (firm.qa, firm.second_action_owner):
        for function, answer in reads(learner, made, change, request).items():
            assert told(answer) == set(), function
            assert SECRET[0] in json.dumps(answer), f"{function} shows the questions themselves"
    for author in (firm.action_owner, firm.second_qa):
        for function, answer in reads(author, made, change, request).items():
            assert told(answer) >= set(SECRET), function
    assert "attempt" in told(firm.second_qa.get("list_audit_trail", limit=100).ok.body)
    assert approve(firm.second_qa, request).ok["change"]["status"] == "applied"


def test_steps_tell_a_learner_as_little_as_reads(firm: Company) -> None:
    made = training(firm, method="quiz", quiz=QUIZ, audience={"roles": ["action_owner"]})
    learner = firm.second_action_owner
    guess = [{**QUESTIONS[0], "options": [{**one, "correct": not one["correct"]} for one in QUESTIONS[0]["options"]]}, QUESTIONS[1]]
    change = proposed(learner, made, quiz={**QUIZ, "questions": guess})
    assert told(change) == set(), "a guess isn't confirmed by what differs from it"
    body = {"change_id": change["id"], "etag": change["etag"]}
    edited = learner.post("edit_change", reason="Again", **body).ok["change"]
    asked = submitted(learner, edited)
    withdrawn = learner.post("withdraw_change", change_id=change["id"], etag=asked["change"]["etag"]).ok["change"]
    discarded = learner.post("discard_change", change_id=change["id"], etag=withdrawn["etag"]).ok["change"]
    assert [told(one) for one in (edited, asked, withdrawn, discarded)] == [set()] * 4


def test_versions_are_compared_without_answers_by_who_is_yet_to_give_them(firm: Company) -> None:
    made = training(firm, method="quiz", quiz=QUIZ)
    other = [{**QUESTIONS[1], "options": [{**one, "correct": True} for one in QUESTIONS[1]["options"]]}]
    revised(firm, made, quiz={**QUIZ, "questions": [QUESTIONS[0], *other]}, audience={"person_ids": [firm.qa.id]})
    query = {"id": made["id"], "from": 1, "to": 2}
    assert told(firm.second_qa.get("compare_versions", **query).ok.body) == {"diff"}
    assert told(firm.second_qa.get("get_record_history", id=made["id"]).ok.body) == {"diff", *SECRET}
    assert told(firm.qa.get("compare_versions", **query).ok.body) == set()
    assert told(firm.qa.get("get_record_history", id=made["id"]).ok.body) == set()


@pytest.mark.clause("11.50")
def test_an_approver_who_learns_the_older_version_reads_the_answers_of_what_is_new(firm: Company) -> None:
    made = training(firm, method="quiz", quiz=QUIZ, audience={"person_ids": [firm.qa.id]})
    change = proposed(firm.action_owner, made, quiz={**QUIZ, "questions": [*QUESTIONS, NEW]}, audience={"person_ids": [firm.qa.id]})
    request = submitted(firm.action_owner, change)["approval_request"]
    shown = firm.qa.get("get_approval_request", id=request["id"]).ok["change"]["items"][0]
    assert told(shown["content"]) == {NEW["text"]}
    assert told(shown["before"]) == set()
    assert {row["field"].rpartition(".")[0] for row in shown["diff"] if row["field"].endswith(".correct")} == {
        "content.quiz.questions.2.options.0",
        "content.quiz.questions.2.options.1",
    }
    assert approve(firm.qa, request).ok["change"]["status"] == "applied", "nothing is refused"


def test_who_has_answered_reads_the_answers_again(firm: Company) -> None:
    made = training(firm, method="quiz", quiz=QUIZ, audience={"person_ids": [firm.qa.id]})
    history = {"id": made["id"]}
    assert told(firm.qa.get("get_record_history", **history).ok.body) == set()
    completed(firm.qa, answered(firm.qa, only(firm.qa), rightly=True).ok["assignment"]).ok
    assert told(firm.qa.get("get_record_history", **history).ok.body) == set(SECRET) | {"diff"}
    assert "attempt" in told(firm.qa.get("list_audit_trail", limit=100).ok.body)


def test_who_used_up_their_attempts_is_still_told_nothing(firm: Company) -> None:
    made = training(firm, method="quiz", quiz=QUIZ, audience={"person_ids": [firm.qa.id]})
    found = only(firm.qa)
    for _ in range(2):
        found = answered(firm.qa, found, rightly=False).ok["assignment"]
    assert found["status"] == "locked"
    assert told(firm.qa.get("get_record_history", id=made["id"]).ok.body) == set()


def test_another_records_export_gives_no_answer_away(firm: Company) -> None:
    made = training(firm, method="quiz", quiz=QUIZ, audience={"person_ids": [firm.qa.id]})
    record, apart = effective_document(firm.action_owner, firm.second_qa), document(firm.action_owner, "Apart")["record"]
    items = [{"record_id": made["id"], "content": {"description": "Better"}}, {"record_id": record["id"], "content": {"summary": "Better"}}]
    change = firm.action_owner.post("propose_change", reason="Both", items=items).ok["change"]
    approve(firm.second_qa, submitted(firm.action_owner, change)["approval_request"]).ok

    def export(by: Colleague, of: dict[str, Any], form: str = "json") -> Answer:
        return by.get("export_record", id=of["id"], format=form)

    for form in ("json", "csv", "pdf"):
        export(firm.qa, record, form).refused(409, "quiz you are yet to pass")
        export(firm.second_qa, record, form).ok
        export(firm.qa, apart, form).ok
