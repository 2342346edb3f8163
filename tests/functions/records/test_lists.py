"""The lists: cursors walk them from end to end, filters find what they say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.builders import Company, approve, carried_out, company, document, effective_document, investigation, submitted, triaged_event
from tests.functions.capa_plans.builders import LATER, SOON
from tests.functions.samples import DOORS, parameters
from tests.product import Product

PERIOD = {"from": "2020-01-01", "to": "2020-12-31"}


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
    for number in range(3):
        learnt = {"description": "How to weigh", "audience": {"roles": ["operator"]}}
        course = firm.action_owner.post("create_training", title=f"Weighing {number}", content=learnt).ok
        approve(firm.qa, submitted(firm.action_owner, course["change"])["approval_request"]).ok
        investigation(firm.action_owner, triaged_event(firm.action_owner, firm.qa))
        firm.action_owner.post("create_capa_plan", title=f"Seals {number}").ok
        firm.action_owner.post("add_register_entry", register="places", name=f"Line {number}").ok
        firm.qa.sign("review_audit_trail", "audit_trail", firm.id, "reviewed", finding=f"Nothing {number}", **PERIOD).ok
    _owed(firm)
    return firm


def _owed(firm: Company) -> None:
    """Three actions, for each of which more time is asked."""
    due = {"kind": "corrective", "owner_id": firm.action_owner.id, "due_on": SOON}
    planned = [{**due, "description": f"Replace seal {number}"} for number in range(3)]
    check = {"criterion": "No leak", "measure": "Leak test", "not_before": SOON}
    content = {"goal": "No leaks", "actions": planned, "no_adverse_effect": "Validated", "effectiveness": check}
    plan = firm.action_owner.post("create_capa_plan", title="Leaks", content=content).ok["capa_plan"]
    carried_out(firm.action_owner, firm.qa, plan, "approve_plan").ok
    for action in firm.action_owner.get("get_capa_plan", id=plan["id"]).ok["actions"]:
        asked = {"action_id": action["id"], "etag": action["etag"], "due_on": LATER, "reason": "On order"}
        firm.action_owner.post("request_extension", **asked).ok


# Every list there is, and what it is asked besides: a part of it that fits on one page.
PAGED = sorted(name for name, door in DOORS.items() if "cursor" in parameters(door))
OF_ONE_RECORD = {"get_record_history": "id", "list_audit_trail": "record_id"}
BY_PERSON = {"get_training_matrix"}  # in the order of people's ids; all others are newest first


def key(row: dict[str, Any]) -> Any:
    """What a list is in the order of: a row's id, else its version, else the person whom it is about."""
    if row.get("kind") == "approval_request":  # what expires first before others, and what is decided last
        return (row["closed_at"] is not None, row["expires_at"] if row["closed_at"] is None else "", -UUID(row["id"]).int)
    if "what" in row:  # of the work list: the most urgent first
        return (row["due_on"] or "9999-12-31", row["what"], row["subject"]["id"])
    return row.get("id") or row.get("version") or row["person"]["id"]


def test_every_list_names_its_page_in_the_same_way() -> None:
    named = {name for name, door in DOORS.items() if name.startswith("list_") or "limit" in parameters(door)}
    assert named == set(PAGED), "a list without a cursor ends where its first page does"


@pytest.mark.parametrize("function", PAGED)
def test_cursors_walk_a_list_from_end_to_end(product: Product, crowd: Company, function: str) -> None:
    by = crowd.admin if function in {"list_invitations", "list_open_work"} else crowd.qa
    record = crowd.qa.get("list_documents", status="effective").ok["items"][0]["id"]
    query = {OF_ONE_RECORD[function]: record} if function in OF_ONE_RECORD else {}
    query |= {"person_id": crowd.action_owner.id} if function == "list_open_work" else {}
    part = "versions" if function == "get_record_history" else "items"
    whole = by.get(function, limit=100, **query).ok
    assert len(whole[part]) >= 3
    assert whole["next_cursor"] is None
    walked: list[Any] = []
    cursor = None
    while len(walked) < 200:
        page = by.get(function, limit=1, **query, **({"cursor": cursor} if cursor else {})).ok
        assert len(page[part]) == 1
        walked += page[part]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    keys = [key(row) for row in whole[part]]
    assert [key(row) for row in walked] == keys
    assert keys == sorted(keys, reverse=function not in {*BY_PERSON, "get_worklist", "list_register_entries", "list_approval_requests"})
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


def test_a_record_in_a_list_is_the_record_as_it_is_read_alone(product: Product, crowd: Company) -> None:
    qa = crowd.qa
    listed, found = (qa.get(function, limit=1).ok["items"][0] for function in ("list_documents", "search_records"))
    alone = {name: value for name, value in qa.get("get_document", id=listed["id"]).ok.body.items() if name in listed}
    assert listed == alone
    beside = {"found_in": None, "excerpt": None, "file": None, "through": None}
    read = qa.get(f"get_{found['kind']}", id=found["id"]).ok.body
    assert found == {name: value for name, value in read.items() if name in found} | beside
