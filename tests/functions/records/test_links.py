"""Links and the whole trail: both ways, typed, and from the event to the retrained person in one answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import (
    Colleague,
    Company,
    approve,
    at_once,
    carried_out,
    company,
    document,
    effective_document,
    event,
    investigation,
    proposed,
    submitted,
    triaged_event,
)
from tests.functions.records.links import firm, trail
from tests.product import Product

__all__ = ["firm"]


def now(by: Colleague, found: dict[str, Any]) -> dict[str, Any]:
    """The record as it is now, of whichever kind."""
    return dict(by.get(f"get_{found['kind']}", id=found["id"]).ok.body)


def link(by: Colleague, start: dict[str, Any], type_: str, end: dict[str, Any]) -> dict[str, Any]:
    """A record linked to another, or to a change; the record as it is then."""
    made = by.post("link_records", id=start["id"], type=type_, to_id=end["id"], etag=now(by, start)["etag"])
    return dict(made.ok[start["kind"]])


def joined(found: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The links that people made: type, direction, number at the other end."""
    return {(one["type"], one["direction"], one["record"]["number"]) for one in found["links"] if "id" in one}


def test_a_link_shows_at_both_ends(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    made, other, procedure = event(owner), event(owner), effective_document(owner, qa)
    change = proposed(owner, procedure)
    link(owner, made, "caused by", other)
    link(owner, made, "caused_by", procedure)
    shown = link(owner, made, "Changes", change)
    assert joined(shown) == {
        ("caused_by", "out", other["number"]),
        ("caused_by", "out", procedure["number"]),
        ("changes", "out", change["number"]),
    }
    for end in (other, procedure):
        assert joined(now(firm.inspector, end)) == {("caused_by", "in", made["number"])}
    assert joined(now(owner, change)) == {("changes", "in", made["number"])}
    assert joined(now(owner, made)) == joined(shown)
    assert firm.operator.get("get_document", id=procedure["id"]).ok["links"] == [], "an operator sees no events"
    assert qa.get("verify_audit_trail").ok["intact"]


def test_a_link_that_makes_no_sense_is_refused(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    made, procedure = event(owner), effective_document(owner, qa)
    nobodys = "01980000-0000-7000-8000-000000000001"
    body = {"id": made["id"], "etag": made["etag"]}
    for type_, to_id, field in (
        ("related to", procedure["id"], "type"),
        ("corrected_by", procedure["id"], "type"),
        ("trains", procedure["id"], "type"),
        ("caused_by", made["id"], "to_id"),
    ):
        assert owner.post("link_records", type=type_, to_id=to_id, **body).refused(422)["field"] == field
    owner.post("link_records", type="caused_by", to_id=nobodys, **body).refused(404, "no such record or change")
    owner.post("link_records", id=nobodys, type="caused_by", to_id=made["id"], etag='"1"').refused(404)
    owner.post("link_records", id=made["id"], type="caused_by", to_id=procedure["id"]).refused(428)
    owner.post("link_records", id=made["id"], type="caused_by", to_id=procedure["id"], etag='"9"').refused(412)
    link(owner, made, "caused_by", procedure)
    owner.post("link_records", type="caused_by", to_id=procedure["id"], **body).refused(409, "linked to", "already")
    other = company(firm.product, "action_owner", "qa")
    theirs = event(other.action_owner)
    owner.post("link_records", type="caused_by", to_id=theirs["id"], **body).refused(404, "no such record or change")
    for by in (firm.operator, firm.inspector):
        by.post("link_records", type="caused_by", to_id=procedure["id"], **body).refused(403)
        by.post("unlink_records", link_id=nobodys, reason="x", **body).refused(403)


def test_the_same_link_at_once_is_made_once(product: Product, firm: Company) -> None:
    made, other = event(firm.action_owner), event(firm.action_owner)
    body = {"id": made["id"], "type": "caused_by", "to_id": other["id"], "etag": made["etag"]}
    calls = [lambda own, by=by: own.post("link_records", by.token, firm.id, **body) for by in (firm.action_owner, firm.qa)]
    assert {one.status for one in at_once(product, *calls)} <= {200, 409}
    assert len(now(firm.qa, made)["links"]) == 1


@pytest.mark.clause("Annex 11 §9")
def test_a_wrong_link_is_taken_away_from_either_end_with_a_reason(firm: Company) -> None:
    owner = firm.action_owner
    made, other = event(owner), event(owner)
    for by_end in (made, other):
        link_id = next(one["id"] for one in link(owner, made, "caused_by", other)["links"])
        body = {"id": by_end["id"], "link_id": link_id, "etag": by_end["etag"]}
        owner.post("unlink_records", **body).refused(422)
        owner.post("unlink_records", reason="Mistaken", **{**body, "id": event(owner)["id"]}).refused(404, "no such link")
        done = owner.post("unlink_records", reason="Mistaken", **body).ok["event"]
        assert (done["id"], done["links"], now(owner, made)["links"], now(owner, other)["links"]) == (by_end["id"], [], [], [])
        owner.post("unlink_records", reason="Mistaken", **body).refused(404, "no such link")
    entries = [one for one in firm.qa.get("list_audit_trail", record_id=made["id"]).ok["items"] if one["table_name"] == "links"]
    assert [(one["operation"].lower()[:6], one["reason"]) for one in entries if one["step"] == "unlink_records"] == [
        ("delete", "Mistaken"),
        ("delete", "Mistaken"),
    ]
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def test_an_event_joins_and_leaves_an_investigation_by_its_link(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    first, second, reported = triaged_event(owner, qa), triaged_event(owner, qa), event(owner)
    found = investigation(owner, first)
    owner.post("link_records", id=reported["id"], type="investigated_in", to_id=found["id"], etag=reported["etag"]).refused(409, "triaged")
    shown = link(owner, second, "investigated_in", found)
    assert shown["status"] == "under_investigation"
    link_id = next(one["id"] for one in shown["links"])
    etag = now(owner, found)["etag"]
    owner.post("unlink_records", id=found["id"], link_id=link_id, reason="Another cause", etag=etag).ok
    assert (now(owner, second)["status"], now(owner, first)["status"]) == ("triaged", "under_investigation")


@pytest.mark.clause("11.10(e)")
def test_the_trail_leads_from_the_event_to_the_retrained_person_in_one_answer(firm: Company) -> None:
    owner, qa, operator = firm.action_owner, firm.qa, firm.operator
    procedure = effective_document(owner, qa)
    made = triaged_event(owner, qa, severity="major")
    found = investigation(owner, made)
    carried_out(owner, qa, found, "conclude").ok
    plan = owner.post("create_capa_plan", title="New interval", source_ids=[found["id"]]).ok["capa_plan"]
    content = {"method": "read", "material": {"document_id": procedure["id"]}, "audience": {"person_ids": [operator.id]}}
    training = owner.post("create_training", title="The new interval", content=content).ok
    change = owner.post(
        "edit_change",
        change_id=training["change"]["id"],
        etag=training["change"]["etag"],
        items=[{"record_id": procedure["id"], "content": {"summary": "Replace the jaw each year"}}],
    ).ok["change"]
    link(owner, plan, "changes", change)
    approve(qa, submitted(owner, change)["approval_request"]).ok
    assigned = operator.get("list_assignments", mine=True).ok["items"]
    for one in assigned:
        body = {"assignment_id": one["id"], "etag": one["etag"]}
        operator.sign("complete_training", "assignment", one["id"], "read and understood", **body).ok
    seen = trail(firm.inspector, made)
    numbers = {one["number"]: one["kind"] for one in seen["records"]}
    learnt = training["record"]["number"]
    assert numbers == {
        made["number"]: "event",
        found["number"]: "investigation",
        plan["number"]: "capa_plan",
        procedure["number"]: "document",
        learnt: "training",
    }
    assert change["number"] in [one["number"] for one in seen["changes"]]
    assert seen["records"][0]["id"] == made["id"], "the nearest first"
    ways = {(one["from"], one["type"], one["to"]) for one in seen["links"]}
    assert {
        (made["id"], "investigated_in", found["id"]),
        (found["id"], "corrected_by", plan["id"]),
        (plan["id"], "changes", change["id"]),
        (change["id"], "changes", procedure["id"]),
        (change["id"], "changes", training["record"]["id"]),
        (training["record"]["id"], "trains", procedure["id"]),
    } <= ways
    people = [one for one in seen["people"] if one["training"] == learnt]
    assert [(one["person"]["id"], one["status"]) for one in people] == [(operator.id, "completed")]
    assert people[0]["completed_at"] is not None
    for other in (found, plan, procedure, training["record"]):
        assert made["id"] in [one["id"] for one in trail(owner, other)["records"]], f"the trail leads back from the {other['kind']}"
    later = owner.get("get_record_history", id=procedure["id"], limit=1).ok
    assert owner.get("get_record_history", id=procedure["id"], limit=1, cursor=later["next_cursor"]).ok["trail"] is None


def test_what_shares_a_procedure_only_isnt_in_the_trail(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    procedure = effective_document(owner, qa)
    first, second = event(owner), event(owner)
    for made in (first, second):
        change = proposed(owner, procedure)
        link(owner, made, "changes", change)
        approve(qa, submitted(owner, change)["approval_request"]).ok
    ids = {one["id"] for one in trail(owner, first)["records"]}
    assert ids == {first["id"], procedure["id"]}
    assert {one["id"] for one in trail(owner, procedure)["records"]} == {first["id"], second["id"], procedure["id"]}


def test_what_shares_a_change_only_isnt_in_the_trail(firm: Company) -> None:
    owner = firm.action_owner
    change = document(owner)["change"]
    first, second = event(owner), event(owner)
    for made in (first, second):
        link(owner, made, "changes", change)
    ids = {one["id"] for one in trail(owner, first)["records"]}
    assert (first["id"] in ids, second["id"] in ids) == (True, False)


def test_a_given_up_change_leads_nowhere(firm: Company) -> None:
    owner = firm.action_owner
    made = triaged_event(owner, firm.qa)
    change = document(owner)["change"]
    items = [{"record_id": made["id"], "content": {"cause": "Wear"}}]
    change = owner.post("edit_change", change_id=change["id"], items=items, etag=change["etag"]).ok["change"]
    assert [one["number"] for one in trail(owner, made)["changes"]] == [change["number"]]
    assert len(trail(owner, made)["records"]) == 2, "a change that closes an event and revises a document joins the two"
    owner.post("discard_change", change_id=change["id"], etag=change["etag"]).ok
    assert (trail(owner, made)["changes"], len(trail(owner, made)["records"])) == ([], 1)


def test_a_record_without_links_has_a_trail_of_its_own(firm: Company) -> None:
    made = event(firm.action_owner)
    seen = trail(firm.inspector, made)
    assert [one["id"] for one in seen["records"]] == [made["id"]]
    assert (seen["changes"], seen["links"], seen["people"]) == ([], [], [])
