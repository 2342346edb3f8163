"""The life of a CAPA plan: planned, approved, done, verified, revised, checked for its effect, closed or begun again."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.builders import Company, approve, effective_document, uploaded
from tests.functions.capa_plans.builders import (
    LATER,
    SOON,
    TODAY,
    applied,
    asked,
    content,
    created,
    firm,
    implementing,
    keys,
    shown,
    signed,
    states,
    take,
    verified,
)
from tests.storage import Storage

__all__ = ["firm"]


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
def test_a_plan_goes_from_draft_to_effective(firm: Company) -> None:
    event = firm.action_owner.post("report_event", title="Leak", type="deviation").ok["event"]
    plan = dict(firm.action_owner.post("create_capa_plan", title="Leaks", source_ids=[event["id"]], content=content(firm)).ok["capa_plan"])
    assert (plan["status"], plan["version"], plan["number"][:5], keys(plan), plan["actions"]) == ("draft", 0, "CAPA-", ["A1"], [])
    assert [(link["type"], link["direction"], link["record"]["id"]) for link in plan["links"]] == [("corrected_by", "in", event["id"])]
    plan = applied(firm, plan, "approve_plan")
    [action] = plan["actions"]
    assert (plan["status"], plan["version"]) == ("implementing", 1)
    assert (action["number"], action["status"], action["owner"]["id"]) == (f"{plan['number']}/A1", "open", firm.doer.id)
    assert (action["due_on"], action["original_due_on"], action["extensions"], action["about"]["id"]) == (SOON, SOON, 0, plan["id"])
    done = take(firm.doer, "complete_action", action, evidence="Seal replaced").ok["action"]
    assert (done["status"], done["evidence"], done["completed_by"]["id"]) == ("done", "Seal replaced", firm.doer.id)
    assert take(firm.qa, "verify_action", action).ok["action"]["verified_by"]["id"] == firm.qa.id
    plan = signed(firm.qa, "verify_capa_plan", plan, "verified").ok["capa_plan"]
    assert plan["status"] == "effectiveness_check"
    assert plan["signatures"][-1]["meaning"] == "verified"
    asked(firm.action_owner, plan, "close").refused(409, "effectiveness_result")
    plan = applied(firm, plan, "close", content={"effectiveness_result": "No leak in 10 vessels"})
    assert (plan["status"], plan["version"], plan["content"]["effectiveness_result"]) == ("closed_effective", 2, "No leak in 10 vessels")
    assert all(signature["valid"] for signature in plan["signatures"])
    assert firm.qa.get("list_capa_plans", status="closed_effective").ok["items"][0]["id"] == plan["id"]
    assert firm.qa.get("list_capa_plans", status="draft").ok["items"] == []


def test_a_plan_isnt_approved_before_it_is_complete(firm: Company) -> None:
    plan = firm.action_owner.post("create_capa_plan", title="Leaks").ok["capa_plan"]
    needs = ("at least one action", "a goal", "criterion", "measure", "not_before", "no_adverse_effect")
    asked(firm.action_owner, plan, "approve_plan").refused(409, *needs)
    planned = [{"kind": "preventive", "description": "Train everybody"}]
    plan = firm.action_owner.post("edit_record", id=plan["id"], content={"actions": planned}, etag=plan["etag"]).ok["capa_plan"]
    asked(firm.action_owner, plan, "approve_plan").refused(409, "an owner and a due date for A1")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"description": "Do"}, "kind"),
        ({"kind": "corrective"}, "description"),
        ({"kind": "other", "description": "Do"}, "kind"),
        ({"kind": "corrective", "description": "Do", "key": "X1"}, "key"),
        ({"kind": "corrective", "description": "Do", "due_on": "2030-02-30"}, "due_on"),
        ({"kind": "corrective", "description": "Do", "owner_id": str(uuid4())}, "owner_id"),
        ({"kind": "corrective", "description": "Do", "status": "verified"}, "status"),
    ],
)
def test_an_action_is_planned_in_words_that_are_known(firm: Company, row: dict[str, str], field: str) -> None:
    answer = firm.action_owner.post("create_capa_plan", title="Leaks", content={"actions": [row]}).refused(422)
    assert answer["field"] == f"content.actions.0.{field}"


def test_only_who_can_own_work_is_given_an_action(firm: Company) -> None:
    row = {"kind": "corrective", "description": "Do", "owner_id": firm.operator.id}
    answer = firm.action_owner.post("create_capa_plan", title="Leaks", content={"actions": [row]}).refused(422, "Action Owner or QA")
    assert answer["field"] == "content.actions.0.owner_id"
    plan = created(firm)
    edit = {"id": plan["id"], "etag": plan["etag"], "content": {"actions": [row]}}
    assert firm.action_owner.post("edit_record", **edit).refused(422)["field"] == "content.actions.0.owner_id"
    item = {"record_id": plan["id"], "content": {"actions": [row]}}
    answer = firm.action_owner.post("propose_change", reason="Why", items=[item]).refused(422)
    assert answer["field"] == "items.0.content.actions.0.owner_id"


def test_a_plan_is_for_events_and_investigations_only(firm: Company) -> None:
    document = effective_document(firm.action_owner, firm.qa)
    for source in (document["id"], str(uuid4())):
        answer = firm.action_owner.post("create_capa_plan", title="Leaks", source_ids=[source]).refused(422, "no such event")
        assert answer["field"] == "source_ids.0"


def test_what_was_done_may_be_returned_with_a_reason(firm: Company) -> None:
    [action] = implementing(firm)["actions"]
    take(firm.doer, "complete_action", action).refused(422, "evidence")
    take(firm.doer, "complete_action", action, evidence="Done").ok
    back = take(firm.qa, "return_action", action, reason="Which seal?").ok["action"]
    assert (back["status"], back["returned_reason"], back["completed_by"]) == ("open", "Which seal?", None)
    take(firm.qa, "verify_action", action).refused(409, "This action is open")
    again = take(firm.doer, "complete_action", action, evidence="Seal 7").ok["action"]
    assert (again["status"], again["returned_reason"]) == ("done", None)
    take(firm.doer, "complete_action", action, evidence="Twice").refused(409, "This action is done")


def test_evidence_may_be_a_file(firm: Company, storage: Storage) -> None:
    [action] = implementing(firm)["actions"]
    take(firm.doer, "complete_action", action, file_ids=[str(uuid4())]).refused(422, "upload it first")
    file_id = uploaded(firm.doer)
    assert [file["id"] for file in take(firm.doer, "complete_action", action, file_ids=[file_id]).ok["action"]["files"]] == [file_id]


@pytest.mark.clause("11.10(g)")
def test_nobody_judges_what_they_did_themselves(firm: Company) -> None:
    plan = implementing(firm, firm.qa)
    [action] = plan["actions"]
    take(firm.second_qa, "complete_action", action, evidence="Done").refused(403, "Only the owner")
    take(firm.qa, "complete_action", action, evidence="Done").ok
    for function, body in (("verify_action", {}), ("return_action", {"reason": "No"})):
        take(firm.qa, function, action, **body).refused(403, "somebody else")
        take(firm.action_owner, function, action, **body).refused(403, "needs QA")
    take(firm.second_qa, "verify_action", action).ok
    start = {"subject_kind": "capa_plan", "subject_id": plan["id"], "meaning": "verified"}
    firm.qa.post("start_signing", **start).refused(403, "did an action of this plan yourself")
    signed(firm.second_qa, "verify_capa_plan", plan, "verified").ok


@pytest.mark.clause("11.10(g)")
def test_nobody_verifies_or_approves_the_plan_that_they_wrote(firm: Company) -> None:
    plan = dict(firm.qa.post("create_capa_plan", title="Leaks", content=content(firm)).ok["capa_plan"])
    request = asked(firm.action_owner, plan, "approve_plan").ok["approval_request"]
    firm.qa.post("start_signing", subject_kind="approval_request", subject_id=request["id"], meaning="approved").refused(403)
    approve(firm.second_qa, request).ok
    [action] = shown(firm.qa, plan)["actions"]
    take(firm.doer, "complete_action", action, evidence="Done").ok
    take(firm.qa, "verify_action", action).ok
    start = {"subject_kind": "capa_plan", "subject_id": plan["id"], "meaning": "verified"}
    firm.qa.post("start_signing", **start).refused(403, "worked on it yourself")
    signed(firm.second_qa, "verify_capa_plan", plan, "verified").ok


def test_a_plan_isnt_verified_while_an_action_waits(firm: Company) -> None:
    plan = implementing(firm, firm.doer, firm.doer)
    first, second = plan["actions"]
    take(firm.doer, "complete_action", first, evidence="Done").ok
    take(firm.qa, "verify_action", first).ok
    take(firm.doer, "complete_action", second, evidence="Done").ok
    start = {"subject_kind": "capa_plan", "subject_id": plan["id"], "meaning": "verified"}
    firm.qa.post("start_signing", **start).refused(409, "verified or cancelled", second["number"])
    take(firm.qa, "verify_action", second).ok
    firm.qa.post("start_signing", **start).ok


def test_a_revision_plans_alters_and_cancels_actions(firm: Company) -> None:
    plan = implementing(firm, firm.doer, firm.doer)
    first, second = plan["content"]["actions"]
    new = {"kind": "preventive", "description": "Check all seals", "owner_id": firm.qa.id, "due_on": LATER}
    plan = applied(firm, plan, content={"actions": [{**first, "due_on": LATER, "owner_id": firm.action_owner.id}, new]})
    assert (plan["status"], plan["version"], keys(plan)) == ("implementing", 2, ["A1", "A3"])
    assert states(plan) == {"A1": "open", "A2": "cancelled", "A3": "open"}
    moved = plan["actions"][0]
    assert (moved["due_on"], moved["original_due_on"], moved["owner"]["id"]) == (LATER, SOON, firm.action_owner.id)
    plan = applied(firm, plan, content={"actions": [plan["content"]["actions"][0]]})
    plan = applied(firm, plan, content={"actions": [*plan["content"]["actions"], new]})
    assert states(plan) == {"A1": "open", "A2": "cancelled", "A3": "cancelled", "A4": "open"}, "a key is never given twice"
    asked(firm.action_owner, plan, content={"actions": [second]}).refused(409, "A2 was cancelled")


def test_a_revision_leaves_what_was_done_as_it_is(firm: Company) -> None:
    plan = implementing(firm, firm.doer, firm.doer)
    done, still = plan["content"]["actions"]
    take(firm.doer, "complete_action", plan["actions"][0], evidence="Done").ok
    asked(firm.action_owner, plan, content={"actions": [still]}).refused(409, "A1 is done; it stays part of the plan")
    altered = [{**done, "description": "Something else"}, still]
    asked(firm.action_owner, plan, content={"actions": altered}).refused(409, "A1 is done; leave it as it is")
    past = [done, {**still, "due_on": str(TODAY - timedelta(2))}]
    asked(firm.action_owner, plan, content={"actions": past}).refused(409, "which has passed")
    assert states(applied(firm, plan, content={"actions": [done, {**still, "due_on": LATER}]})) == {"A1": "done", "A2": "open"}


def test_an_action_that_is_done_while_its_plan_is_in_approval_stays(firm: Company) -> None:
    plan = implementing(firm, firm.doer, firm.doer)
    request = asked(firm.action_owner, plan, content={"actions": plan["content"]["actions"][1:]}).ok["approval_request"]
    take(firm.doer, "complete_action", plan["actions"][0], evidence="Done").ok
    approve(firm.third_qa, request).refused(409, "A1 is done")
    assert states(shown(firm.qa, plan)) == {"A1": "done", "A2": "open"}


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
def test_a_plan_isnt_closed_before_its_window_ends_nor_otherwise_than_planned(firm: Company) -> None:
    plan = verified(firm, implementing(firm, not_before=LATER))
    result = {"effectiveness_result": "No leak"}
    asked(firm.action_owner, plan, "close", content=result).refused(409, f"before {LATER}")
    sooner = {"effectiveness": {**plan["content"]["effectiveness"], "not_before": str(TODAY)}}
    asked(firm.action_owner, plan, "close", content={**result, **sooner}).refused(409, "nothing else", f"before {LATER}")


def test_an_ineffective_plan_gets_a_new_version(firm: Company) -> None:
    plan = verified(firm, implementing(firm))
    firm.action_owner.post("start_signing", subject_kind="capa_plan", subject_id=plan["id"], meaning="ineffective").refused(403, "needs QA")
    plan = signed(firm.second_qa, "mark_capa_plan_ineffective", plan, "ineffective", reason="Two leaks").ok["capa_plan"]
    assert (plan["status"], plan["version"], plan["signatures"][-1]["reason"]) == ("draft", 1, "Two leaks")
    new = {"kind": "corrective", "description": "Other seals", "owner_id": firm.doer.id, "due_on": LATER}
    edit = {"id": plan["id"], "etag": plan["etag"], "content": {"actions": [*plan["content"]["actions"], new]}}
    plan = firm.action_owner.post("edit_record", **edit).ok["capa_plan"]
    plan = applied(firm, plan)
    assert (plan["status"], plan["version"], states(plan)) == ("implementing", 2, {"A1": "verified", "A2": "open"})
    plan = applied(firm, verified(firm, plan), "close", content={"effectiveness_result": "No leak"})
    assert (plan["status"], plan["version"]) == ("closed_effective", 3)
    assert [row["version"] for row in firm.qa.get("get_record_history", id=plan["id"]).ok["versions"]] == [3, 2, 1]


def test_cancelling_a_plan_cancels_its_open_actions(firm: Company) -> None:
    plan = implementing(firm, firm.doer, firm.doer)
    take(firm.doer, "complete_action", plan["actions"][0], evidence="Done").ok
    plan = applied(firm, plan, "cancel")
    assert (plan["status"], states(plan)) == ("cancelled", {"A1": "done", "A2": "cancelled"})
    take(firm.doer, "complete_action", plan["actions"][1], evidence="Done").refused(409, "This action is cancelled")
    assert applied(firm, created(firm), "cancel")["status"] == "cancelled"


def test_a_plan_is_edited_in_draft_only(firm: Company) -> None:
    plan = created(firm)
    edited = firm.doer.post("edit_record", id=plan["id"], content={"goal": "No leak at all"}, etag=plan["etag"]).ok["capa_plan"]
    plan = applied(firm, edited, "approve_plan")
    firm.doer.post("edit_record", id=plan["id"], content={"goal": "Other"}, etag=plan["etag"]).refused(409, "it must be draft")


def test_the_buttons_of_an_action_say_what_each_person_may(firm: Company) -> None:
    [action] = implementing(firm)["actions"]
    opened = {
        by.id: {step["step"] for step in by.get("get_action", id=action["id"]).ok["open_steps"] if step["open"]}
        for by in (firm.doer, firm.action_owner, firm.qa)
    }
    assert opened == {firm.doer.id: {"complete"}, firm.action_owner.id: set(), firm.qa.id: set()}
    take(firm.doer, "complete_action", action, evidence="Done").ok
    steps = firm.qa.get("get_action", id=action["id"]).ok["open_steps"]
    assert {step["step"] for step in steps if step["open"]} == {"verify", "return"}
