"""What was planned or said is taken back by null, and stays where it is left out: in every step that edits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import Company, company, effective_document, event, proposed, triaged_event
from tests.product import Product

SOON = str(datetime.now(UTC).date() + timedelta(days=10))


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author and QA."""
    return company(product, "action_owner", "qa")


def test_a_planned_date_impact_risk_and_follow_ups_are_taken_back(firm: Company) -> None:
    owner = firm.action_owner
    follow_up = {"description": "Tell the customers", "owner_id": owner.id, "due_on": SOON}
    record = effective_document(owner, firm.qa)
    planned: dict[str, Any] = {"effective_on": SOON, "impact": "Line 1 stops", "risk": "Low", "follow_ups": [follow_up]}
    change = proposed(owner, record, **planned)
    kept = owner.post("edit_change", change_id=change["id"], reason="Clearer still", etag=change["etag"]).ok["change"]
    assert {name: kept[name] for name in planned} == planned, "what is left out stays"
    cleared = owner.post("edit_change", change_id=change["id"], **dict.fromkeys(planned), etag=kept["etag"]).ok["change"]
    assert {name: cleared[name] for name in planned} == {**dict.fromkeys(planned), "follow_ups": []}
    assert cleared["reason"] == "Clearer still"
    refused = owner.post("edit_change", change_id=change["id"], reason=None, etag=cleared["etag"]).refused(422)
    assert refused["errors"][0]["field"] == "reason", "a change without a reason is none"


def test_what_an_item_planned_is_taken_back(firm: Company) -> None:
    owner = firm.action_owner
    record = effective_document(owner, firm.qa, "Cleaning")
    team = firm.admin.post("create_team", name="Production").ok["team"]
    item = {
        "record_id": record["id"],
        "title": "Rinsing",
        "owner_id": firm.qa.id,
        "team_id": team["id"],
        "content": {"summary": "Rinse"},
    }
    change = owner.post("propose_change", reason="Clearer", items=[item]).ok["change"]
    nothing = {"record_id": record["id"], **dict.fromkeys(("title", "owner_id", "team_id", "content"))}
    cleared = owner.post("edit_change", change_id=change["id"], items=[nothing], etag=change["etag"]).ok["change"]
    [now] = cleared["items"]
    assert (now["title"], now["owner_id"], now["team_id"], now["content"]["summary"]) == ("Cleaning", None, None, "How to clean"), now


def test_an_assessment_is_taken_back_by_a_signature_that_says_so(firm: Company) -> None:
    found = triaged_event(firm.action_owner, firm.qa)
    risk = {"severity": 3, "occurrence": 2, "detection": 1}
    body: dict[str, Any] = {"reason": "Judged anew", "classification": "sealing", "risk": risk}
    judged = firm.qa.sign("reclassify_event", "event", found["id"], "reclassified", id=found["id"], etag=found["etag"], **body).ok["event"]
    assert (judged["content"]["risk"], judged["content"]["classification"]) == (risk, "sealing")
    body = {"reason": "It was too early", "risk": None}
    asked = {"subject_kind": "event", "subject_id": found["id"], "meaning": "reclassified", "arguments": body}
    assert "taken back" in firm.qa.post("start_signing", **asked).ok["signs"][0]["in_words"]
    cleared = firm.qa.sign("reclassify_event", "event", found["id"], "reclassified", id=found["id"], etag=judged["etag"], **body).ok
    assert "risk" not in cleared["event"]["content"]
    assert cleared["event"]["content"]["classification"] == "sealing"


def test_a_team_a_code_and_a_setting_are_taken_back(firm: Company) -> None:
    team = firm.admin.post("create_team", name="Production").ok["team"]
    found = event(firm.action_owner)
    given = firm.qa.post("reassign_record", id=found["id"], team_id=team["id"], reason="Theirs", etag=found["etag"]).ok["event"]
    taken = firm.qa.post("reassign_record", id=found["id"], team_id=None, reason="Nobody's", etag=given["etag"]).ok["event"]
    assert (given["team"]["id"], taken["team"], taken["owner"]) == (team["id"], None, found["owner"])
    entry = firm.qa.post("add_register_entry", register="places", name="Line 1", code="L1").ok["register_entry"]
    kept = firm.qa.post("rename_register_entry", entry_id=entry["id"], name="Line one", etag=entry["etag"]).ok["register_entry"]
    bare = firm.qa.post("rename_register_entry", entry_id=entry["id"], name="Line one", code=None, etag=kept["etag"]).ok["register_entry"]
    assert (kept["code"], bare["code"]) == ("L1", None)
    set_ = firm.admin.post("update_organisation", approval_days=7, holidays=["2030-01-01"]).ok["organisation"]["settings"]
    back = firm.admin.post("update_organisation", approval_days=None).ok["organisation"]["settings"]
    assert (set_["approval_days"], back["approval_days"], back["holidays"]) == (7, 30, ["2030-01-01"])
    assert firm.qa.post("update_me", unsubscribed=["document_reviews"]).ok["person"]["unsubscribed"] == ["document_reviews"]
    assert firm.qa.post("update_me", name="Quinn").ok["person"]["unsubscribed"] == ["document_reviews"]
    assert firm.qa.post("update_me", unsubscribed=None).ok["person"]["unsubscribed"] == []
