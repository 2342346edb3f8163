"""The lists: cursors walk them from end to end, filters find what they say."""

from __future__ import annotations

import pytest

from tests.builders import Company, approve, company, document, effective_document, submitted
from tests.functions.samples import DOORS, parameters
from tests.product import Product


@pytest.fixture(scope="module")
def crowd(product: Product) -> Company:
    """A company with three of everything that is listed."""
    firm = company(product, "action_owner", "qa", "operator")
    for number in range(3):
        firm.admin.post("create_team", name=f"Team {number}").ok
        firm.admin.post("invite_member", email=f"guest{number}-{firm.id}@test.qfacts.example", role="operator").ok
    record = effective_document(firm.action_owner, firm.qa)
    for number in range(2):
        items = [{"record_id": record["id"], "content": {"summary": f"Version {number + 2}"}}]
        change = firm.action_owner.post("propose_change", reason="Why", items=items).ok["change"]
        approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok
    for number in range(2):
        submitted(firm.action_owner, document(firm.action_owner, f"Draft {number}")["change"])
    return firm


PAGED = [
    "list_documents",
    "list_changes",
    "list_approval_requests",
    "list_members",
    "list_teams",
    "list_invitations",
    "list_audit_trail",
    "get_record_history",
    "search_records",
]


def test_every_function_with_a_cursor_is_walked() -> None:
    assert {name for name, door in DOORS.items() if "cursor" in parameters(door)} == set(PAGED)


@pytest.mark.parametrize("function", PAGED)
def test_cursors_walk_a_list_from_end_to_end(product: Product, crowd: Company, function: str) -> None:
    by = crowd.admin if function == "list_invitations" else crowd.qa
    query = {"id": by.get("list_documents", status="effective").ok["items"][0]["id"]} if function == "get_record_history" else {}
    part = "versions" if function == "get_record_history" else "items"
    whole = by.get(function, limit=100, **query).ok
    assert len(whole[part]) >= 3
    assert whole["next_cursor"] is None
    walked, cursor = [], None
    while len(walked) < 200:
        page = by.get(function, limit=1, **query, **({"cursor": cursor} if cursor else {})).ok
        assert len(page[part]) == 1
        walked += page[part]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    keys = [row.get("id") or row["version"] for row in whole[part]]
    assert [row.get("id") or row["version"] for row in walked] == keys
    assert keys == sorted(keys, reverse=True), "newest first"
    for bad in (
        "nonsense",
        "é",
        "bnVsbA",
        "W10",
        "e30",
        "LTE",
        "MWU5OTk",
        "dHJ1ZQ",
        "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
        "a" * 3000,
        "Ik5vdCBhbiBpZCI",
    ):
        assert by.get(function, cursor=bad, **query).refused(422)["field"] == "cursor"


def test_filters_find_what_they_say(product: Product, crowd: Company) -> None:
    qa, owner = crowd.qa, crowd.action_owner
    assert {row["status"] for row in qa.get("list_documents", status="draft").ok["items"]} == {"draft"}
    assert len(qa.get("list_documents", q="vessels clean").ok["items"]) == 1
    assert len(qa.get("list_documents", type="SOP", q="sop-").ok["items"]) == 3
    assert qa.get("list_documents", type="form").ok["items"] == []
    assert len(qa.get("list_approval_requests", mine=True).ok["items"]) == 2
    assert owner.get("list_approval_requests", mine=True).ok["items"] == []
    assert {row["status"] for row in qa.get("list_approval_requests", state="approved").ok["items"]} == {"approved"}
    assert qa.get("list_changes", mine=True).ok["items"] == []
    assert {row["status"] for row in owner.get("list_changes", mine=True, status="applied").ok["items"]} == {"applied"}
    assert {row["actor"] for row in qa.get("list_audit_trail", person_id=owner.id).ok["items"]} == {f"person:{owner.id}"}
    assert crowd.operator.get("list_documents", status="draft").ok["items"] == []
