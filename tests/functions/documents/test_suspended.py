"""A suspended document says that it must not be used, to whoever comes to it, and what is learnt from it pauses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.builders import Colleague, Company, approve, carried_out, company, document, effective_document, submitted
from tests.functions.courses import QUIZ, completed, mine, only, training
from tests.product import Product

TODAY = str(datetime.now(UTC).date())


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author, two QA and two operators."""
    made = company(product, "action_owner", "qa", "second_qa", "operator")
    made.join("second_operator", "operator")
    return made


def suspended(firm: Company, record: dict[str, Any]) -> dict[str, Any]:
    """The document, suspended."""
    etag = firm.qa.get("get_document", id=record["id"]).ok["etag"]
    body = {"id": record["id"], "reason": "The dose is wrong", "etag": etag}
    return dict(firm.qa.sign("suspend_document", "document", record["id"], "suspended", **body).ok["document"])


def read(firm: Company) -> dict[str, Any]:
    """A document in force that operators read."""
    made = document(firm.action_owner, "Gowning", audience={"roles": ["operator"]})
    approve(firm.qa, submitted(firm.action_owner, made["change"])["approval_request"]).ok
    return dict(made["record"])


def shown(by: Colleague, row: dict[str, Any]) -> dict[str, Any]:
    """An assignment as it is now."""
    return dict(by.get("get_assignment", id=row["id"]).ok.body)


@pytest.mark.clause("ISO 13485 4.2.4")
def test_who_comes_to_a_suspended_document_is_told_not_to_use_it(firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    assert (record["warning"], record["suspended_on"]) == (None, None)
    assert "don't use it" in suspended(firm, record)["warning"]
    for by in (firm.action_owner, firm.qa):
        found = by.get("get_document", id=record["id"]).ok
        assert (found["status"], found["suspended_on"]) == ("suspended", TODAY)
        assert found["warning"].startswith("Suspended since")
    refused = firm.operator.get("get_document", id=record["id"]).refused(404, record["number"], "suspended since", "don't use it")
    assert (refused["code"], refused["facts"]["day"]) == ("document_suspended", TODAY), "a reader gets nothing to work by"
    carried_out(firm.action_owner, firm.qa, record, "lift").ok
    assert firm.operator.get("get_document", id=record["id"]).ok["warning"] is None
    carried_out(firm.action_owner, firm.qa, record, "retire").ok
    firm.operator.get("get_document", id=record["id"]).refused(404)


@pytest.mark.clause("ISO 13485 6.2")
def test_what_is_learnt_from_a_suspended_document_pauses(firm: Company) -> None:
    record = read(firm)
    course = training(firm, "Gloves", material={"document_id": record["id"]}, quiz=QUIZ, audience={"person_ids": [firm.second_operator.id]})
    reading, taught = only(firm.operator), only(firm.second_operator)
    assert (reading["training"]["id"], taught["training"]["id"]) == (record["id"], course["id"])
    suspended(firm, record)
    for by, row, step in ((firm.operator, reading, "complete"), (firm.second_operator, taught, "take_quiz")):
        now = shown(by, row)
        assert (now["status"], now["material"]["suspended_on"]) == ("assigned", TODAY)
        [found] = [one for one in now["open_steps"] if one["step"] == step]
        assert (found["open"], found["code"]) == (False, "training_pauses")
        assert by.get("get_worklist", what="learn").ok["items"] == [], "nobody is asked to read it now"
    body = {"assignment_id": reading["id"], "etag": reading["etag"]}
    start = {"subject_kind": "assignment", "subject_id": reading["id"], "meaning": "read and understood"}
    firm.operator.post("start_signing", **start).refused(409, "don't use it")
    firm.operator.post("complete_training", **body, challenge_id=str(uuid4())).refused(409, "suspended since")
    firm.second_operator.post("start_quiz", assignment_id=taught["id"], etag=taught["etag"]).refused(409, "don't use it")
    carried_out(firm.action_owner, firm.qa, record, "lift").ok
    assert [one["subject"]["id"] for one in firm.operator.get("get_worklist", what="learn").ok["items"]] == [reading["id"]]
    completed(firm.operator, shown(firm.operator, reading)).ok


def test_newcomers_learn_a_suspended_document_when_it_is_lifted(firm: Company) -> None:
    record = read(firm)
    course = training(firm, "Gloves", material={"document_id": record["id"]}, audience={"person_ids": [firm.second_operator.id]})
    suspended(firm, record)
    newcomer = firm.join("third_operator", "operator")
    assert mine(newcomer) == []
    etag = firm.qa.get("get_training", id=course["id"]).ok["etag"]
    by_hand = {"training_id": course["id"], "person_ids": [newcomer.id], "etag": etag}
    firm.qa.post("assign_training", **by_hand).refused(409, "suspended")
    carried_out(firm.action_owner, firm.qa, record, "lift").ok
    assert [(one["training"]["id"], one["status"]) for one in mine(newcomer)] == [(record["id"], "assigned")]
