"""Trainings and the documents that they are about: the link follows the material, and approvals at the same moment miss nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import Colleague, Company, approve, at_once, company, document, effective_document, submitted
from tests.functions.courses import mine, revised, training
from tests.product import Answer, Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author, two QA and an operator."""
    return company(product, "action_owner", "qa", "second_qa", "operator")


def trains(by: Colleague, training_id: str) -> list[str]:
    """The documents that a training is linked to."""
    links = by.get("get_training", id=training_id).ok["links"]
    return [one["record"]["id"] for one in links if (one["type"], one["direction"]) == ("trains", "out")]


def test_the_link_follows_a_training_to_another_document(firm: Company) -> None:
    old, new, other = (effective_document(firm.action_owner, firm.qa, title) for title in ("Gowning", "Gloves", "Masks"))
    made = training(firm, material={"document_id": old["id"]}, audience={"roles": ["operator"]})
    body = {"id": made["id"], "type": "trains", "to_id": other["id"], "etag": made["etag"]}
    firm.action_owner.post("link_records", **body).ok
    revised(firm, made, description="A comma")
    assert sorted(trains(firm.qa, made["id"])) == sorted([old["id"], other["id"]])
    change = revised(firm, made, material={"document_id": new["id"]})["change"]
    assert sorted(trains(firm.qa, made["id"])) == sorted([new["id"], other["id"]]), "what somebody linked by hand stays"
    assert [one for one in firm.qa.get("get_document", id=old["id"]).ok["links"] if one["type"] == "trains"] == []
    trail = firm.qa.get("list_audit_trail", record_id=made["id"]).ok["items"]
    [gone] = [one for one in trail if (one["table_name"], one["operation"]) == ("links", "delete")]
    assert (gone["actor"], gone["step"], gone["cause"]) == ("system:unlink", "unlink", f"approval of {change['number']}")
    assert gone["old"]["to_id"] == old["id"]
    [entry] = [one for one in trail if (one["table_name"], one["operation"]) == ("assignments", "insert") and one["new"]["version"] == 3]
    assert entry["actor"] == "system:assign", "the next step is audited as what it is"
    history = firm.qa.get("get_record_history", id=old["id"]).ok["trail"]
    assert made["id"] not in [one["id"] for one in history["records"]]
    revised(firm, made, material={"document_id": None})
    assert trains(firm.qa, made["id"]) == [other["id"]]
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def ready(by: Colleague, request: dict[str, Any]) -> Callable[[Product], Answer]:
    """The signature of an approval, with everything before it done."""
    signing = {"subject_kind": "approval_request", "subject_id": request["id"], "meaning": "approved"}
    challenge, token = by.post("start_signing", **signing).ok["challenge_id"], by.fresh_token()
    body = {"approval_request_id": request["id"], "challenge_id": challenge, "etag": request["etag"]}
    return lambda own: own.post("approve_request", token, by.organisation, **body)


@pytest.mark.clause("ISO 13485 6.2")
def test_a_document_and_a_training_on_it_approved_at_the_same_moment_are_both_assigned(product: Product, firm: Company) -> None:
    pairs = []
    for number in range(4):
        made = document(firm.action_owner, f"Gowning {number}")
        content = {"material": {"document_id": made["record"]["id"]}, "audience": {"roles": ["operator"]}}
        course = firm.action_owner.post("create_training", title=f"Gowning {number}", content=content).ok
        pairs.append((made, course))
    for made, course in pairs:
        requests = [submitted(firm.action_owner, one["change"])["approval_request"] for one in (made, course)]
        calls = [ready(by, request) for by, request in zip((firm.qa, firm.second_qa), requests, strict=True)]
        for answer in at_once(product, *calls):
            assert answer.ok["change"]["status"] == "applied"
    open_ones = {(one["training"]["id"], one["document_id"], one["document_version"]) for one in mine(firm.operator, state="assigned")}
    assert open_ones == {(course["record"]["id"], made["record"]["id"], 1) for made, course in pairs}


def test_a_document_revised_while_its_training_is_leaves_one_assignment_of_both_newest_versions(product: Product, firm: Company) -> None:
    made = document(firm.action_owner, "Gowning")
    approve(firm.qa, submitted(firm.action_owner, made["change"])["approval_request"]).ok
    course = training(firm, material={"document_id": made["record"]["id"]}, audience={"roles": ["operator"]})
    for number in range(3):
        items = [
            [{"record_id": one, "content": {"no_retraining_reason": None, field: f"Better {number}"}}]
            for one, field in ((made["record"]["id"], "summary"), (course["id"], "description"))
        ]
        drafts = [firm.action_owner.post("propose_change", reason="Better", items=item).ok["change"] for item in items]
        requests = [submitted(firm.action_owner, draft)["approval_request"] for draft in drafts]
        calls = [ready(by, request) for by, request in zip((firm.qa, firm.second_qa), requests, strict=True)]
        for answer in at_once(product, *calls):
            answer.ok
        [found] = mine(firm.operator, state="assigned")
        assert (found["version"], found["document_version"]) == (number + 2, number + 2)
