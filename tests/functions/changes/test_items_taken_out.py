"""A record taken out of a draft change: the rest of the change goes on, and nothing that was said about the record is lost."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.builders import Colleague, Company, approve, company, document, effective_document, event, proposed, reject, submitted, triage
from tests.product import Answer, Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with two authors and two QA."""
    made = company(product, "action_owner", "qa", "second_qa", "inspector")
    made.join("other", "action_owner")
    return made


def edited(by: Colleague, change: dict[str, Any], *gone: dict[str, Any], **body: object) -> Answer:
    """The answer of taking records out of a change as it is now."""
    etag = by.get("get_change", id=change["id"]).ok["etag"]
    return by.post("edit_change", change_id=change["id"], remove_record_ids=[one["id"] for one in gone], etag=etag, **body)


def numbers(change: dict[str, Any]) -> list[str]:
    """The records that a change is about."""
    return [item["record"]["number"] for item in change["items"]]


def test_a_rejected_change_goes_on_without_the_record_that_was_in_the_way(firm: Company) -> None:
    owner = firm.action_owner
    first, second, third = (effective_document(owner, firm.qa, title) for title in ("One", "Two", "Three"))
    change = proposed(owner, first, second, third)
    assert change["title"].endswith("One and 2 more")
    comment = {"change_id": change["id"], "record_id": first["id"], "text": "Leave this one out"}
    firm.qa.post("add_comment", **comment, etag=change["etag"]).ok
    reject(firm.qa, submitted(owner, change)["approval_request"]).ok
    left = edited(owner, change, first).ok["change"]
    assert numbers(left) == [second["number"], third["number"]]
    assert (left["title"], left["status"]) == (f"{second['number']} Two and 1 more", "draft"), "it isn't called by what isn't in it"
    assert [one["text"] for one in left["comments"]] == ["Leave this one out"], "what was said stays"
    assert len(left["rounds"][0]["frozen"]["items"]) == 3, "what was signed stays as it was"
    firm.qa.post("add_comment", **comment, etag=left["etag"]).refused(422, "isn't part of the change")
    assert owner.get("list_changes", record_id=first["id"], status="draft").ok["items"] == []
    listed = owner.get("list_changes", status="draft").ok["items"][0]["records"]
    assert {one["number"] for one in listed} == {second["number"], third["number"]}
    alone = proposed(owner, first)
    submitted(owner, alone)
    assert change["id"] not in {one["record"]["id"] for one in owner.get("get_document", id=first["id"]).ok["links"]}
    done = approve(firm.second_qa, submitted(owner, left)["approval_request"]).ok
    assert [one["number"] for one in done["records"]] == [second["number"], third["number"]]
    versions = [owner.get("get_document", id=one["id"]).ok["version"] for one in (first, second, third)]
    assert versions == [1, 2, 2]
    trail = firm.inspector.get("list_audit_trail", record_id=change["id"]).ok["items"]
    [taken] = [one for one in trail if one["table_name"] == "change_items" and one["new"].get("removed") and one["step"] == "edit_change"]
    assert (taken["old"]["removed"], taken["new"]["record_id"]) == (False, first["id"])
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def test_a_draft_that_existed_only_for_the_change_becomes_void(firm: Company) -> None:
    owner = firm.action_owner
    made = document(owner, "New one")
    record, change = made["record"], made["change"]
    fresh = owner.post("create_document", title="Another", type="sop", content={"summary": "s"}, change_id=change["id"]).ok["record"]
    left = edited(owner, change, record).ok["change"]
    assert (numbers(left), left["title"]) == ([fresh["number"]], f"{fresh['number']} Another")
    void = owner.get("get_document", id=record["id"]).ok
    assert (void["status"], void["number"]) == ("void", record["number"]), "its number stays listed"
    entry = next(one for one in firm.qa.get("list_audit_trail", record_id=record["id"]).ok["items"] if one["new"].get("status") == "void")
    assert (entry["actor"], entry["cause"]) == ("system:void", f"taking out of {change['number']}")
    edited(owner, change, items=[{"record_id": record["id"]}]).refused(409, "is void")
    assert approve(firm.qa, submitted(owner, left)["approval_request"]).ok["records"][0]["number"] == fresh["number"]


def test_a_draft_that_another_change_is_about_as_well_stays_a_draft(firm: Company) -> None:
    owner = firm.action_owner
    made, sop = document(owner, "New one"), effective_document(owner, firm.qa)
    record = made["record"]
    second = proposed(owner, record, sop)
    edited(owner, second, record).ok
    assert owner.get("get_document", id=record["id"]).ok["status"] == "draft"
    third = proposed(owner, record, sop)
    owner.post("discard_change", change_id=third["id"], etag=third["etag"]).ok
    assert owner.get("get_document", id=record["id"]).ok["status"] == "draft"
    edited(owner, made["change"], record, items=[{"record_id": sop["id"]}]).ok
    assert owner.get("get_document", id=record["id"]).ok["status"] == "void", "nothing is about it any more"


def test_what_was_taken_out_comes_back_as_new(firm: Company) -> None:
    owner = firm.action_owner
    first, second = effective_document(owner, firm.qa, "One"), effective_document(owner, firm.qa, "Two")
    change = proposed(owner, first, second)
    owner.post("edit_change", change_id=change["id"], items=[{"record_id": first["id"], "title": "Uno"}], etag=change["etag"]).ok
    edited(owner, change, first).ok
    third = effective_document(owner, firm.qa, "Three")
    assert numbers(edited(owner, change, items=[{"record_id": third["id"]}]).ok["change"]) == [second["number"], third["number"]]
    item = {"record_id": first["id"], "content": {"summary": "Anew"}}
    back = edited(owner, change, items=[item]).ok["change"]
    assert numbers(back) == [first["number"], second["number"], third["number"]]
    assert [one["field"] for one in back["items"][0]["diff"]] == ["content.summary"], "what it said before is forgotten"
    approve(firm.qa, submitted(owner, back)["approval_request"]).ok
    shown = owner.get("get_document", id=first["id"]).ok
    assert (shown["title"], shown["content"]["summary"]) == ("One", "Anew")


def test_who_worked_on_what_was_taken_out_may_decide_about_the_rest(firm: Company) -> None:
    owner, sop = firm.action_owner, effective_document(firm.action_owner, firm.second_qa)
    made = event(firm.qa)
    made = triage(firm.second_qa, made).ok["event"]
    closing = [{"record_id": made["id"], "content": {"cause": "Wear"}}, {"record_id": sop["id"], "content": {"summary": "Clearer"}}]
    change = owner.post("propose_change", reason="Both", items=closing).ok["change"]
    request = submitted(owner, change)["approval_request"]
    asked = {"subject_kind": "approval_request", "subject_id": request["id"], "meaning": "approved"}
    firm.qa.post("start_signing", **asked).refused(403, "somebody else must decide")
    assert firm.qa.get("list_approval_requests", mine=True, state="open").ok["items"] == []
    owner.post("withdraw_change", change_id=change["id"], etag=owner.get("get_change", id=change["id"]).ok["etag"]).ok
    left = edited(owner, change, made).ok["change"]
    request = submitted(owner, left)["approval_request"]
    assert [one["id"] for one in firm.qa.get("list_approval_requests", mine=True, state="open").ok["items"]] == [request["id"]]
    approve(firm.qa, request).ok
    assert owner.get("get_event", id=made["id"]).ok["status"] == "triaged"


def test_only_an_author_takes_out_of_a_draft_what_is_in_it_and_never_all(firm: Company) -> None:
    owner = firm.action_owner
    first, second = effective_document(owner, firm.qa, "One"), effective_document(owner, firm.qa, "Two")
    change = proposed(owner, first, second)
    edited(firm.other, change, first).refused(403, "Only the authors")
    edited(owner, change, first, second).refused(422, "keeps at least one record", "discard_change")
    assert edited(owner, change, {"id": str(uuid4())}).refused(422, "isn't part of the change")["field"] == "remove_record_ids.0"
    assert edited(owner, change, first, first).refused(422, "twice")["field"] == "remove_record_ids.1"
    edited(owner, change, first, items=[{"record_id": first["id"]}]).refused(422, "not both")
    assert numbers(owner.get("get_change", id=change["id"]).ok.body) == [first["number"], second["number"]]
    submitted(owner, change)
    edited(owner, change, first).refused(409, "is in approval")
    third = effective_document(owner, firm.qa, "Three")
    other = proposed(owner, third)
    swapped = edited(owner, other, third, items=[{"record_id": second["id"], "step": "confirm_review"}]).ok["change"]
    assert numbers(swapped) == [second["number"]]
    edited(owner, other, third).refused(422, "isn't part of the change")


def test_what_was_taken_out_is_no_part_of_what_the_change_did(product: Product, firm: Company) -> None:
    owner = firm.action_owner
    first = effective_document(owner, firm.qa, "One", audience={"roles": ["inspector"]})
    second = effective_document(owner, firm.qa, "Two")
    why = event(owner)
    owner.post("link_records", id=why["id"], type="caused_by", to_id=first["id"], etag=why["etag"]).ok
    items = [{"record_id": first["id"], "content": {"summary": "x"}, "owner_id": firm.other.id}, {"record_id": second["id"]}]
    change = owner.post("propose_change", reason="Both", items=items).ok["change"]
    before = owner.get("get_change", id=change["id"]).ok["impact_assessment"]
    assert ([one["id"] for one in before["records"]], before["people"]["count"]) == ([why["id"]], 1)
    firm.admin.post("deactivate_member", person_id=firm.other.id).refused(422, "successor")
    left = edited(owner, change, first).ok["change"]
    after = owner.get("get_change", id=change["id"]).ok["impact_assessment"]
    assert (after["records"], after["people"]["count"]) == ([], 0)
    firm.admin.post("deactivate_member", person_id=firm.other.id).ok
    approve(firm.qa, submitted(owner, left)["approval_request"]).ok
    trails = {one["id"]: owner.get("get_record_history", id=one["id"]).ok["trail"] for one in (first, second)}
    assert change["id"] not in {one["id"] for one in trails[first["id"]]["changes"]}
    assert {"from": change["id"], "type": "changes", "to": first["id"]} not in trails[second["id"]]["links"]
    assert first["id"] not in {one["id"] for one in trails[second["id"]]["records"]}
    export = firm.inspector.get("export_record", id=first["id"], format="json").ok
    assert change["id"] not in {one["id"] for one in export["changes"]}
    assert all(one["change_id"] != change["id"] for one in export["signatures"])
    assert "edit_change" in {one["step"] for one in export["trail"]}, "its trail tells that it was in and out"
