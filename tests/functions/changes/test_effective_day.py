"""Everything that a change does happens on its day, together; before it the change is approved, and can be moved or recalled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.builders import (
    Colleague,
    Company,
    approve,
    as_superuser,
    company,
    day_comes,
    document,
    effective_document,
    proposed,
    submitted,
    triaged_event,
)
from tests.functions.courses import mine, training
from tests.functions.deliveries import Deliver, deliver, slot
from tests.product import Product
from tests.product import own_product as product

__all__ = ["deliver", "product"]
Json = dict[str, Any]
TODAY = datetime.now(UTC).date()
SOON, LATER = str(TODAY + timedelta(days=7)), str(TODAY + timedelta(days=9))
JOB = "take_documents_into_effect"


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author, two QA and an operator."""
    return company(product, "action_owner", "qa", "second_qa", "operator")


def status(firm: Company, record: Json) -> str:
    """The status of a record now."""
    return str(firm.qa.get(f"get_{record['kind']}", id=record["id"]).ok["status"])


def change_of(by: Colleague, change: Json) -> Json:
    """A change as it is now."""
    return dict(by.get("get_change", id=change["id"]).ok.body)


def approved(firm: Company, items: list[Json], **fields: Any) -> Json:
    """A change by the author, approved by QA."""
    change = firm.action_owner.post("propose_change", reason="Another way of working", items=items, **fields).ok["change"]
    return dict(approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok["change"])


def suspended(firm: Company, record: Json) -> None:
    """The document's version in force is suspended."""
    etag = firm.qa.get("get_document", id=record["id"]).ok["etag"]
    firm.qa.sign("suspend_document", "document", record["id"], "suspended", id=record["id"], reason="Wrong dose", etag=etag).ok


def signed(by: Colleague, function: str, meaning: str, change: Json, **told: Any) -> Any:
    """A signed step on an approved change."""
    etag = by.get("get_change", id=change["id"]).ok["etag"]
    return by.sign(function, "change", change["id"], meaning, change_id=change["id"], etag=etag, **told)


@pytest.mark.clause("ISO 13485 4.2.4")
def test_what_is_retired_stays_in_force_until_its_successor_takes_effect(product: Product, firm: Company, deliver: Deliver) -> None:
    former, stopped, checked = (effective_document(firm.action_owner, firm.qa, title) for title in ("Old", "Stopped", "Checked"))
    course = training(firm, "Old course", audience={"person_ids": [firm.operator.id]})
    suspended(firm, stopped)
    made = document(firm.action_owner, "New")
    items = [
        {"record_id": former["id"], "step": "retire"},
        {"record_id": stopped["id"], "step": "lift"},
        {"record_id": checked["id"], "step": "confirm_review"},
        {"record_id": course["id"], "step": "retire"},
    ]
    change = firm.action_owner.post(
        "edit_change", change_id=made["change"]["id"], items=items, effective_on=SOON, etag=made["change"]["etag"]
    )
    asked = submitted(firm.action_owner, change.ok["change"])
    done = approve(firm.qa, asked["approval_request"]).ok
    assert (done["change"]["status"], done["approval_request"]["status"]) == ("approved", "approved")
    all_of_it = [made["record"], former, stopped, checked, course]
    assert [status(firm, one) for one in all_of_it] == ["approved", "effective", "suspended", "effective", "active"]
    assert firm.operator.get("get_document", id=former["id"]).ok["status"] == "effective"
    assert [one["status"] for one in mine(firm.operator)] == ["assigned"]
    shown = firm.qa.get("get_document", id=former["id"]).ok
    assert (shown["approved_in"], shown["in_approval"]) == (done["change"]["number"], None)
    deliver(JOB, slot()).ok
    assert status(firm, former) == "effective", "its day hasn't come"
    day_comes(product, firm)
    assert deliver(JOB, slot(1)).ok["changes"] >= 1
    assert [status(firm, one) for one in all_of_it] == ["effective", "retired", "effective", "effective", "retired"]
    assert [one["status"] for one in mine(firm.operator)] == ["obsolete"]
    assert change_of(firm.qa, done["change"])["status"] == "applied"
    ended = firm.qa.get("get_record_history", id=former["id"]).ok["versions"][0]["ended_at"]
    begun = firm.qa.get("get_record_history", id=made["record"]["id"]).ok["versions"][0]["effective_at"]
    assert ended == begun, "never two in force, never none between"
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def test_a_training_and_an_event_change_on_the_day_too(product: Product, firm: Company, deliver: Deliver) -> None:
    course = training(firm, "Gowning", audience={"person_ids": [firm.operator.id]})
    found = triaged_event(firm.action_owner, firm.qa)
    items: list[Json] = [
        {"record_id": course["id"], "content": {"description": "Other gloves"}},
        {"record_id": found["id"], "step": "close", "content": {"correction": "Replaced", "no_cause_reason": "Once in ten years"}},
    ]
    change = approved(firm, items, effective_on=SOON)
    assert (change["status"], status(firm, course), status(firm, found)) == ("approved", "active", "triaged")
    assert firm.qa.get("get_training", id=course["id"]).ok["version"] == 1
    etag = firm.qa.get("get_event", id=found["id"]).ok["etag"]
    refused = firm.action_owner.post("edit_record", id=found["id"], content={"place": "Line 2"}, etag=etag).refused(409)
    assert (refused["code"], refused["facts"]["change"]) == ("record_in_approved_change", change["number"])
    day_comes(product, firm)
    deliver(JOB, slot()).ok
    assert (firm.qa.get("get_training", id=course["id"]).ok["version"], status(firm, found)) == (2, "closed")
    assert [(one["version"], one["status"]) for one in mine(firm.operator)] == [(2, "assigned"), (1, "obsolete")]


def test_a_record_that_waits_for_a_day_is_in_no_other_change_in_approval(firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    waiting = approved(firm, [{"record_id": record["id"], "step": "retire"}], effective_on=SOON)
    other = proposed(firm.action_owner, record)
    submit = {"change_id": other["id"], "etag": other["etag"]}
    assert firm.action_owner.post("submit_change", **submit).refused(409)["facts"]["change"] == waiting["number"]
    [step] = [one for one in change_of(firm.action_owner, other)["open_steps"] if one["step"] == "submit"]
    assert waiting["number"] in step["why_not"], "it is said before"


def test_a_day_that_passed_before_the_approval_becomes_the_approvals_own(product: Product, firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    change = proposed(firm.action_owner, record, effective_on=str(TODAY))
    asked = submitted(firm.action_owner, change)
    passed = str(TODAY - timedelta(days=3))
    sql = (
        "with moved as (update changes set effective_on = cast(:day as date) where id = :id)"
        " update rounds set frozen = jsonb_set(frozen, '{effective_on}', to_jsonb(cast(:day as text))) where change_id = :id"
    )
    as_superuser(product, sql, firm.id, day=passed, id=change["id"])
    from shared.domain.kernel import canonical

    [[frozen]] = as_superuser(product, "select frozen from rounds where change_id = :id", firm.id, id=change["id"])
    sha = {"sha": canonical.sha256(frozen), "id": change["id"]}
    as_superuser(product, "update rounds set content_sha256 = :sha where change_id = :id", firm.id, **sha)
    as_superuser(product, "update approval_requests set content_sha256 = :sha where change_id = :id", firm.id, **sha)
    done = approve(firm.qa, firm.qa.get("get_approval_request", id=asked["approval_request"]["id"]).ok.body).ok["change"]
    assert (done["status"], done["effective_on"]) == ("applied", str(TODAY))
    shown = firm.qa.get("get_document", id=record["id"]).ok
    assert (shown["version"], shown["effective_on"]) == (2, str(TODAY)), "never earlier than it was approved"


@pytest.mark.clause("21 CFR 11.10(g)")
def test_the_whole_change_moves_to_another_day_by_a_signed_step(product: Product, firm: Company, deliver: Deliver) -> None:
    first, second = (effective_document(firm.action_owner, firm.qa, title) for title in ("One", "Two"))
    items = [{"record_id": first["id"], "content": {"summary": "New"}}, {"record_id": second["id"], "step": "retire"}]
    change = approved(firm, items, effective_on=SOON)
    steps = {one["step"]: one for one in change_of(firm.qa, change)["open_steps"]}
    assert (steps["move_date"]["open"], steps["move_date"]["subject_kind"]) == (True, "change")
    challenge = {"challenge_id": str(uuid4()), "change_id": change["id"], "etag": change["etag"]}
    firm.action_owner.post("move_effective_date", effective_on=LATER, reason="Later", **challenge).refused(403)
    body = {"effective_on": LATER, "reason": "The cabinets come later"}
    moved = signed(firm.qa, "move_effective_date", "rescheduled", change, **body).ok["change"]
    assert (moved["status"], moved["effective_on"]) == ("approved", LATER)
    assert firm.qa.get("get_document", id=first["id"]).ok["waiting"]["effective_on"] == LATER
    [signature] = [one for one in moved["signatures"] if one["meaning"] == "rescheduled"]
    assert (signature["reason"], signature["arguments"]["effective_on"], signature["valid"]) == (body["reason"], LATER, True)
    assert moved["rounds"][-1]["frozen"]["effective_on"] == SOON, "what was approved stays as it was signed"
    yesterday = {"effective_on": str(TODAY - timedelta(days=1)), "reason": "Sooner"}
    signed(firm.qa, "move_effective_date", "rescheduled", change, **yesterday).refused(422, "has passed")
    signed(firm.qa, "move_effective_date", "rescheduled", change, effective_on=str(TODAY), reason="All is there").ok
    deliver(JOB, slot()).ok
    assert change_of(firm.qa, change)["status"] == "applied"
    assert (firm.qa.get("get_document", id=first["id"]).ok["version"], status(firm, second)) == (2, "retired")
    signed_late = {"challenge_id": str(uuid4()), "change_id": change["id"], "etag": change_of(firm.qa, change)["etag"]}
    firm.qa.post("move_effective_date", **body, **signed_late).refused(409, "is applied")


def test_a_recalled_change_does_nothing_and_frees_its_records(product: Product, firm: Company, deliver: Deliver) -> None:
    first, second = (effective_document(firm.action_owner, firm.qa, title) for title in ("One", "Two"))
    made = document(firm.action_owner, "New")
    items = [{"record_id": first["id"], "content": {"summary": "New"}}, {"record_id": second["id"], "step": "retire"}]
    body = {"change_id": made["change"]["id"], "items": items, "effective_on": SOON, "etag": made["change"]["etag"]}
    edited = firm.action_owner.post("edit_change", **body).ok["change"]
    change = approve(firm.qa, submitted(firm.action_owner, edited)["approval_request"]).ok["change"]
    recalled = signed(firm.qa, "recall_change", "recalled", change, reason="It was a mistake").ok["change"]
    assert recalled["status"] == "recalled"
    day_comes(product, firm)
    deliver(JOB, slot()).ok
    assert [status(firm, one) for one in (first, second, made["record"])] == ["effective", "effective", "recalled"]
    shown = firm.qa.get("get_document", id=first["id"]).ok
    assert (shown["version"], shown["waiting"], shown["approved_in"]) == (1, None, None)
    approved(firm, [{"record_id": second["id"], "step": "retire"}])
    assert status(firm, second) == "retired", "it is free for other changes"


def test_recalling_the_last_document_of_a_change_recalls_the_change(firm: Company) -> None:
    first, second = (effective_document(firm.action_owner, firm.qa, title) for title in ("One", "Two"))
    change = approved(firm, [{"record_id": one["id"], "content": {"summary": "New"}} for one in (first, second)], effective_on=SOON)
    for record, left in ((first, "approved"), (second, "recalled")):
        etag = firm.qa.get("get_document", id=record["id"]).ok["etag"]
        firm.qa.sign("recall_document", "document", record["id"], "recalled", id=record["id"], reason="Wrong", etag=etag).ok
        assert change_of(firm.qa, change)["status"] == left
    approved(firm, [{"record_id": first["id"], "content": {"summary": "Newer"}}])


def test_what_stands_against_a_change_on_its_day_is_said_and_waits_for_qa(product: Product, firm: Company, deliver: Deliver) -> None:
    checked, other = (effective_document(firm.action_owner, firm.qa, title) for title in ("Checked", "Other"))
    items = [{"record_id": checked["id"], "step": "confirm_review"}, {"record_id": other["id"], "step": "retire"}]
    change = approved(firm, items, effective_on=SOON)
    suspended(firm, checked)
    day_comes(product, firm)
    late = "update changes set effective_on = current_date - 2 where status = 'approved' and organisation_id = :id"
    as_superuser(product, late, firm.id, id=firm.id)
    deliver(JOB, slot()).ok
    shown = change_of(firm.qa, change)
    assert (shown["status"], status(firm, other)) == ("approved", "effective"), "all of it or nothing"
    assert checked["number"] in shown["hindered_by"][0]
    waits = [one for one in firm.qa.get("get_worklist", scope="mine").ok["items"] if one["what"] == "hindered_change"]
    assert [one["subject"]["number"] for one in waits] == [change["number"]]
    assert waits[0]["overdue"]


@pytest.mark.clause("ICH Q10 3.2.3")
def test_a_change_with_follow_ups_is_closed_with_its_result(firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    follow_up = {"description": "Look at ten batches", "owner_id": firm.action_owner.id, "due_on": LATER}
    change = approved(firm, [{"record_id": record["id"], "content": {"summary": "New"}}], follow_ups=[follow_up])
    assert (change["status"], change["to_be_closed"], change["result"]) == ("applied", True, None)
    [action] = change["actions"]
    start = {"subject_kind": "change", "subject_id": change["id"], "meaning": "closed", "arguments": {"result": "No residues"}}
    assert action["number"] in firm.qa.post("start_signing", **start).refused(409, "verified first")["detail"]
    done = firm.action_owner.post("complete_action", action_id=action["id"], evidence="Ten of ten", etag=action["etag"]).ok["action"]
    firm.qa.post("verify_action", action_id=action["id"], etag=done["etag"]).ok
    waits = [one for one in firm.qa.get("get_worklist", scope="mine").ok["items"] if one["what"] == "close_change"]
    assert [one["subject"]["number"] for one in waits] == [change["number"]]
    firm.action_owner.post("start_signing", **start).refused(403)
    closed = signed(firm.qa, "close_change", "closed", change, result="No residues in ten batches").ok["change"]
    assert (closed["status"], closed["to_be_closed"], closed["result"]) == ("closed", False, "No residues in ten batches")
    [signature] = [one for one in closed["signatures"] if one["meaning"] == "closed"]
    assert (signature["arguments"], signature["valid"]) == ({"result": "No residues in ten batches"}, True)
    plain = approved(firm, [{"record_id": record["id"], "content": {"summary": "Newer"}}])
    assert (plain["status"], plain["to_be_closed"]) == ("applied", False)
    [step] = [one for one in change_of(firm.qa, plain)["open_steps"] if one["step"] == "close"]
    assert (step["open"], step["code"]) == (False, "nothing_to_close")
