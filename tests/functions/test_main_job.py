"""The main job through the functions: a document from draft to effective, signed and audited."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Colleague, approve, as_superuser, company, dated, document, effective_document, reject, submitted
from tests.product import Product


def test_a_document_becomes_effective_when_qa_approves_it(product: Product) -> None:
    firm = company(product, "action_owner", "qa", "operator")
    made = document(firm.action_owner)
    assert made["record"]["status"] == "draft"
    assert made["record"]["version"] == 0
    asked = submitted(firm.action_owner, made["change"])
    assert asked["change"]["status"] == "in_approval"
    shown = firm.qa.get("get_change", id=made["change"]["id"]).ok
    assert {one["field"] for one in shown["items"][0]["diff"]} >= {"title", "content.summary"}
    decided = approve(firm.qa, asked["approval_request"]).ok
    assert decided["approval_request"]["status"] == "approved"
    assert decided["change"]["status"] == "applied"
    assert decided["signature"]["meaning"] == "approved"
    assert decided["records"][0]["status"] == "effective"
    read = firm.operator.get("get_document", id=made["record"]["id"]).ok
    assert read["version"] == 1
    assert read["signatures"][0]["valid"] is True
    assert read.headers["ETag"] == read["etag"]


def test_version_two_supersedes_version_one_after_a_rejection(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    record = effective_document(firm.action_owner, firm.qa)
    proposed = firm.action_owner.post(
        "propose_change", reason="Clearer", items=[{"record_id": record["id"], "content": {"summary": "New"}}]
    ).ok
    asked = submitted(firm.action_owner, proposed["change"])
    rejected = reject(firm.qa, asked["approval_request"], "Say which vessels").ok
    assert rejected["change"]["status"] == "draft"
    edited = firm.action_owner.post(
        "edit_change",
        change_id=proposed["change"]["id"],
        items=[{"record_id": record["id"], "content": {"summary": "All vessels"}}],
        etag=rejected["change"]["etag"],
    ).ok
    again = submitted(firm.action_owner, edited["change"])
    assert again["approval_request"]["round"] == 2
    approve(firm.qa, again["approval_request"]).ok
    history = firm.action_owner.get("get_record_history", id=record["id"]).ok
    assert [(one["version"], one["status"]) for one in history["versions"]] == [(2, "effective"), (1, "superseded")]
    assert [one["meaning"] for one in history["signatures"]] == ["approved", "rejected", "approved"]
    assert all(one["valid"] for one in history["signatures"])
    trail = firm.qa.get("list_audit_trail", record_id=record["id"]).ok
    assert trail["items"]
    verdict = firm.qa.get("verify_audit_trail").ok
    assert verdict["intact"] is True
    assert verdict["first_broken"] is None


def shown_again(by: Colleague, answer: dict[str, Any]) -> None:
    """What the answer of a step says is what reading says afterwards."""
    change, request = answer["change"], answer["approval_request"]
    read = dict(by.get("get_change", id=change["id"]).ok.body)
    del read["impact_assessment"]  # what reading it adds: whom it would touch
    assert read == change
    read = by.get("get_approval_request", id=request["id"]).ok.body
    assert {name: read[name] for name in request} == request
    for record in answer.get("records", ()):
        read = by.get("get_document", id=record["id"]).ok.body
        assert {**record, "owner": read["owner"], "team": read["team"]} == {name: read[name] for name in record}


@pytest.mark.parametrize("planned", [None, "2030-01-01"])
def test_a_steps_answer_is_what_reading_shows_afterwards(product: Product, planned: str | None) -> None:
    firm = company(product, "action_owner", "qa")
    made = document(firm.action_owner)
    if planned:
        made = dated(firm.action_owner, made, planned)
    asked = submitted(firm.action_owner, made["change"])
    shown_again(firm.action_owner, asked)
    refused = reject(firm.qa, asked["approval_request"]).ok.body
    shown_again(firm.qa, refused)
    again = submitted(firm.action_owner, refused["change"])
    shown_again(firm.action_owner, again)
    shown_again(firm.qa, approve(firm.qa, again["approval_request"]).ok.body)


def test_what_the_system_does_within_a_step_is_told_apart_in_the_trail(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    record = effective_document(firm.action_owner, firm.qa)
    rows = as_superuser(
        product, "select actor, step, cause, table_name from audit_entries where organisation_id = :o order by id", o=firm.id
    )
    system = [row for row in rows if row[0] == "system:take_effect"]
    assert {(row[1], row[3]) for row in system} == {("take_effect", "records"), ("take_effect", "versions")}
    assert all(row[2].startswith("approval of CHG-") for row in system)
    signed = [row for row in rows if row[1] == "approve_request"]
    assert {row[0] for row in signed} == {f"person:{firm.qa.id}"}
    assert {row[2] for row in signed} == {None}
    assert {row[3] for row in signed} >= {"signatures", "changes", "approval_requests", "versions", "records"}
    applied = [row for row in rows if row[0] == "system:apply"]
    assert {(row[1], row[3]) for row in applied} == {("apply", "changes"), ("apply", "change_items")}
    assert all(row[2].startswith("approval of CHG-") for row in applied)
    assert record["status"] == "effective"
