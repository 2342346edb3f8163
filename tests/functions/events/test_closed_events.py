"""Events are closed by a change that freezes a version, and reopened: triaged again, with what was signed kept."""

from __future__ import annotations

import pytest

from tests.builders import (
    Company,
    approve,
    as_superuser,
    carried_out,
    event,
    investigation,
    submitted,
    triage,
    triaged_event,
    uploaded,
)
from tests.functions.events.builders import ago, firm, now, signed
from tests.product import Product
from tests.storage import Storage

__all__ = ["firm"]


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
def test_closing_freezes_a_version_through_a_change(firm: Company, storage: Storage) -> None:
    photo = uploaded(firm.action_owner)
    made = triaged_event(firm.action_owner, firm.qa, attachments=[photo])
    done = carried_out(firm.action_owner, firm.qa, made, "close", cause="A worn jaw").ok
    assert [(one["status"], one["version"]) for one in done["records"]] == [("closed", 1)]
    closed = now(firm.action_owner, made)
    assert (closed["status"], closed["version"], closed["content"]["cause"]) == ("closed", 1, "A worn jaw")
    assert closed["closed_at"] is not None
    assert [(one["meaning"], one["valid"]) for one in closed["signatures"]] == [("triaged", True), ("approved", True)]
    assert [file["id"] for file in closed["files"]] == [photo]
    history = firm.inspector.get("get_record_history", id=made["id"]).ok["versions"]
    assert [(one["version"], one["status"], one["content"]["cause"]) for one in history] == [(1, "closed", "A worn jaw")]
    firm.action_owner.post("edit_record", id=made["id"], etag=closed["etag"], content={"place": "x"}).refused(409, "This event is closed")
    firm.action_owner.post("propose_change", reason="Again", items=[{"record_id": made["id"]}]).refused(409, "is closed")
    assert firm.qa.get("verify_audit_trail").ok["intact"]


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
def test_a_closing_is_submitted_once_its_conditions_are_met(firm: Company) -> None:
    made = triaged_event(firm.action_owner, firm.qa, severity="major", product="Ampoule", type="complaint", detected_at=ago(30))
    change = firm.action_owner.post("propose_change", reason="Done", items=[{"record_id": made["id"]}]).ok["change"]
    assert change["items"][0]["step"] == "close"
    shown = next(one for one in change["open_steps"] if one["step"] == "submit")
    words = ("correction", "disposition", "cause", "conclude an investigation", "reportable", "24 hours")
    assert not shown["open"]
    assert all(word in shown["why_not"] for word in words)
    firm.action_owner.post("submit_change", change_id=change["id"], etag=change["etag"]).refused(409, *words)
    given = {"correction": "Sealed", "disposition": "Destroyed", "cause": "A worn jaw", "late_reason": "A weekend"}
    items = [{"record_id": made["id"], "content": given}]
    signed(firm.qa, "reclassify_event", "reclassified", made, severity="minor", reportable={"decision": "no", "reason": "No harm"}).ok
    change = firm.action_owner.post("edit_change", change_id=change["id"], items=items, etag=change["etag"]).ok["change"]
    assert approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok["records"][0]["status"] == "closed"


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
def test_what_is_serious_closes_on_a_concluded_investigation(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    made = triaged_event(owner, qa, severity="critical")
    found = investigation(owner, made)
    change = owner.post("propose_change", reason="Done", items=[{"record_id": made["id"], "step": "close"}]).ok["change"]
    owner.post("submit_change", change_id=change["id"], etag=change["etag"]).refused(409, "conclude an investigation first")
    assert carried_out(owner, qa, found, "conclude").ok["records"][0]["status"] == "concluded"
    assert approve(qa, submitted(owner, change)["approval_request"]).ok["records"][0]["status"] == "closed"


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
@pytest.mark.parametrize("source", ["event", "investigation"])
def test_an_event_waits_for_every_plan_that_came_of_it_or_says_why_not(firm: Company, source: str) -> None:
    owner, qa = firm.action_owner, firm.qa
    made = triaged_event(owner, qa, severity="major")
    found = investigation(owner, made)
    carried_out(owner, qa, found, "conclude").ok
    sources = {"event": made["id"], "investigation": found["id"]}
    plan = owner.post("create_capa_plan", title="New seals", source_ids=[sources[source]]).ok["capa_plan"]
    change = owner.post("propose_change", reason="Done", items=[{"record_id": made["id"], "step": "close"}]).ok["change"]
    owner.post("submit_change", change_id=change["id"], etag=change["etag"]).refused(409, plan["number"], "isn't implemented yet")
    items = [{"record_id": made["id"], "content": {"no_capa_reason": "The plan is about another line"}}]
    change = owner.post("edit_change", change_id=change["id"], items=items, etag=change["etag"]).ok["change"]
    assert approve(qa, submitted(owner, change)["approval_request"]).ok["records"][0]["status"] == "closed"


def test_qas_fields_are_in_no_change_either(firm: Company) -> None:
    made = triaged_event(firm.action_owner, firm.qa)
    items = [{"record_id": made["id"], "content": {"severity": "minor"}}]
    answer = firm.action_owner.post("propose_change", reason="Easier", items=items).refused(422, "QA's to judge")
    assert answer["field"] == "items.0.content.severity"


def test_nothing_moves_while_the_closing_is_being_decided(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    made = triaged_event(owner, qa, cause="A worn jaw")
    change = submitted(owner, owner.post("propose_change", reason="Done", items=[{"record_id": made["id"]}]).ok["change"])["change"]
    shown = now(owner, made)
    assert shown["in_approval"] == change["number"]
    owner.post("edit_record", id=made["id"], etag=shown["etag"], content={"place": "x"}).refused(409, "in approval", change["number"])
    owner.post("open_investigation", event_ids=[made["id"]]).refused(409, "in approval", change["number"])
    for meaning in ("reclassified", "cancelled"):
        qa.post("start_signing", subject_kind="event", subject_id=made["id"], meaning=meaning).refused(409, "in approval")
    owner.post("withdraw_change", change_id=change["id"], etag=change["etag"]).ok
    owner.post("edit_record", id=made["id"], etag=shown["etag"], content={"place": "x"}).ok


@pytest.mark.clause("11.10(g)")
def test_a_reporter_or_editor_never_approves_the_closing(firm: Company) -> None:
    made = event(firm.qa, cause="A worn jaw")
    made = triage(firm.second_qa, made).ok["event"]
    change = firm.action_owner.post("propose_change", reason="Done", items=[{"record_id": made["id"]}]).ok["change"]
    request = submitted(firm.action_owner, change)["approval_request"]
    ask = {"subject_kind": "approval_request", "subject_id": request["id"], "meaning": "approved"}
    firm.qa.post("start_signing", **ask).refused(403, "somebody else must decide")
    assert [one["id"] for one in firm.qa.get("list_approval_requests", mine=True).ok["items"]] == []
    assert [one["id"] for one in firm.second_qa.get("list_approval_requests", mine=True).ok["items"]] == [request["id"]]
    assert approve(firm.second_qa, request).ok["records"][0]["status"] == "closed", "judging at triage bars nobody"


@pytest.mark.clause("Annex 11 §9")
def test_a_reopened_event_is_triaged_again_and_keeps_what_was_signed(product: Product, firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    made = triaged_event(owner, qa)
    carried_out(owner, qa, made, "close", cause="A worn jaw").ok
    firm.qa.post("reopen_event", id=made["id"], challenge_id=made["id"], etag=now(qa, made)["etag"]).refused(422)
    done = signed(qa, "reopen_event", "reopened", made, reason="It happened again").ok["event"]
    assert (done["status"], done["version"], done["closed_at"]) == ("triaged", 1, None)
    assert {(one["meaning"], one["valid"]) for one in done["signatures"]} == {("triaged", True), ("approved", True), ("reopened", True)}
    owner.post("edit_record", id=made["id"], etag=done["etag"], content={"cause": "A worn jaw, and heat"}).ok
    assert carried_out(owner, firm.second_qa, made, "close").ok["records"][0]["version"] == 2
    history = qa.get("get_record_history", id=made["id"]).ok
    assert [(one["version"], one["content"]["cause"]) for one in history["versions"]] == [(2, "A worn jaw, and heat"), (1, "A worn jaw")]
    assert {(one["meaning"], one["valid"]) for one in history["signatures"]} == {("triaged", True), ("approved", True), ("reopened", True)}
    ended = as_superuser(product, "select ended_at is null from versions where record_id = :id order by version", id=made["id"])
    assert [row[0] for row in ended] == [False, True]
    reasons = [entry["reason"] for entry in qa.get("list_audit_trail", record_id=made["id"]).ok["items"] if entry["step"] == "reopen_event"]
    assert set(reasons) == {"It happened again"}
