"""Trainings for tests: what they ask, how they are made, learnt and answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.builders import Colleague, Company, approve, company, submitted
from tests.product import Answer, Product

QUESTIONS: list[dict[str, Any]] = [
    {"text": "Which gloves?", "kind": "single", "options": [{"text": "Blue", "correct": True}, {"text": "Red", "correct": False}]},
    {
        "text": "What is weighed?",
        "kind": "multiple",
        "options": [{"text": "Powder", "correct": True}, {"text": "Liquid", "correct": True}, {"text": "People", "correct": False}],
    },
]
RIGHT = {"Which gloves?": {"Blue"}, "What is weighed?": {"Powder", "Liquid"}}
QUIZ = {"questions": QUESTIONS, "pass_mark": 100, "attempts": 2}


def options(wrong: object) -> list[dict[str, object]]:
    """Two options of which none is correct, or that doesn't say."""
    return [{"text": "A", "correct": wrong}, {"text": "B", "correct": False}]


def training(firm: Company, title: str = "Weighing", **content: object) -> dict[str, Any]:
    """An active training; as get_training shows it to its author."""
    made = firm.action_owner.post("create_training", title=title, content={"description": "How to weigh", **content}).ok
    approve(firm.qa, submitted(firm.action_owner, made["change"])["approval_request"]).ok
    return dict(firm.action_owner.get("get_training", id=made["record"]["id"]).ok.body)


def team_of(firm: Company, *people: Colleague, name: str = "Production") -> str:
    """A new team with these people."""
    team = firm.admin.post("create_team", name=name).ok["team"]["id"]
    for person in people:
        firm.admin.post("add_team_member", team_id=team, person_id=person.id).ok
    return str(team)


def mine(person: Colleague, **query: object) -> list[dict[str, Any]]:
    """A person's own assignments, newest first."""
    return list(person.get("list_assignments", mine=True, **query).ok["items"])


def only(person: Colleague) -> dict[str, Any]:
    """The one open assignment of a person, whole."""
    [found] = mine(person, state="assigned")
    return dict(person.get("get_assignment", id=found["id"]).ok.body)


def completed(person: Colleague, assignment: dict[str, Any]) -> Answer:
    """Sign "read and understood"."""
    return person.sign(
        "complete_training",
        "assignment",
        assignment["id"],
        "read_and_understood",
        assignment_id=assignment["id"],
        etag=assignment["etag"],
    )


def answered(person: Colleague, assignment: dict[str, Any], *, rightly: bool) -> Answer:
    """The quiz taken once."""
    begun = person.post("start_quiz", assignment_id=assignment["id"], etag=assignment["etag"]).ok
    answers = []
    for question in begun["attempt"]["questions"]:
        wanted = RIGHT[question["text"]] if rightly else {question["options"][0]["text"], question["options"][1]["text"]}
        if not rightly and question["kind"] == "single":
            wanted = {"Red"}
        answers.append({"question": question["key"], "options": [one["key"] for one in question["options"] if one["text"] in wanted]})
        if not rightly and question["kind"] == "multiple":
            answers[-1]["options"] = [one["key"] for one in question["options"] if one["text"] == "People"]
    return person.post("answer_quiz", assignment_id=assignment["id"], answers=answers, etag=begun["assignment"]["etag"])


def revised(firm: Company, record: dict[str, Any], **content: object) -> dict[str, Any]:
    """The approval of a new version with this content."""
    items = [{"record_id": record["id"], "content": content}]
    change = firm.action_owner.post("propose_change", reason="Better", items=items).ok["change"]
    return dict(approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok.body)


def in_days(days: int) -> str:
    """A day from today, the organisation's own."""
    return (datetime.now(ZoneInfo("Europe/Brussels")) + timedelta(days=days)).date().isoformat()


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author, two QA and two operators."""
    return company(product, "action_owner", "qa", "second_qa", "operator", "second_operator")


@pytest.fixture(scope="module")
def quizless(product: Product) -> Company:
    """A company that gets no training made."""
    return company(product, "action_owner")
