"""The main job through the functions: a document from draft to effective, signed and audited."""

from __future__ import annotations

from tests.builders import approve, company, document, effective_document, reject, submitted
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
        "edit_change", change_id=proposed["change"]["id"], items=[{"record_id": record["id"], "content": {"summary": "All vessels"}}],
        etag=rejected["change"]["etag"],
    ).ok  # fmt: skip
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
