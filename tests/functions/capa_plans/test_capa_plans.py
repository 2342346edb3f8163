"""The life of a CAPA plan: planned, approved, done, verified, extended, revised, checked for its effect, closed or begun again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.builders import Colleague, Company, approve, company, effective_document, uploaded
from tests.product import Answer, Product
from tests.storage import Storage

TODAY = datetime.now(UTC).date()
SOON, LATER, LATEST = (str(TODAY + timedelta(days)) for days in (10, 20, 30))


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with two action owners and three QA."""
    made = company(product, "action_owner", "qa", "second_qa", "third_qa", "operator")
    made.join("doer", "action_owner")
    return made


def content(firm: Company, *owners: Colleague, not_before: str = str(TODAY), **more: object) -> dict[str, Any]:
    """What an approvable plan says, with one action for each owner."""
    planned = [
        {"kind": "corrective", "description": f"Replace seal {number}", "owner_id": owner.id, "due_on": SOON}
        for number, owner in enumerate(owners or (firm.doer,), 1)
    ]
    check = {"criterion": "No leak", "measure": "Leak test of 10 vessels", "not_before": not_before}
    return {"goal": "No leaks", "actions": planned, "no_adverse_effect": "Seal is validated", "effectiveness": check, **more}


def created(firm: Company, *owners: Colleague, **more: Any) -> dict[str, Any]:
    """A draft plan."""
    return dict(firm.action_owner.post("create_capa_plan", title="Leaks", content=content(firm, *owners, **more)).ok["capa_plan"])


def shown(by: Colleague, plan: dict[str, Any]) -> dict[str, Any]:
    """The plan as it is now."""
    return dict(by.get("get_capa_plan", id=plan["id"]).ok.body)


def asked(author: Colleague, plan: dict[str, Any], step: str | None = None, **item: object) -> Answer:
    """The answer of submitting a change of the plan."""
    about = {"record_id": plan["id"], **({"step": step} if step else {}), **item}
    change = author.post("propose_change", reason="As planned", items=[about]).ok["change"]
    return author.post("submit_change", change_id=change["id"], etag=change["etag"])


def applied(firm: Company, plan: dict[str, Any], step: str | None = None, **item: object) -> dict[str, Any]:
    """The plan after an approved change."""
    approve(firm.third_qa, asked(firm.action_owner, plan, step, **item).ok["approval_request"]).ok
    return shown(firm.action_owner, plan)


def implementing(firm: Company, *owners: Colleague, **more: Any) -> dict[str, Any]:
    """An approved plan."""
    return applied(firm, created(firm, *owners, **more), "approve_plan")


def take(by: Colleague, function: str, action: dict[str, Any], **body: object) -> Answer:
    """A step on an action as it is now."""
    etag = by.get("get_action", id=action["id"]).ok["etag"]
    return by.post(function, action_id=action["id"], etag=etag, **body)


def verified(firm: Company, plan: dict[str, Any]) -> dict[str, Any]:
    """The plan with its actions done and verified, and verified itself."""
    for action in shown(firm.qa, plan)["actions"]:
        if action["status"] == "open":
            take(firm.doer, "complete_action", action, evidence="Done").ok
            take(firm.qa, "verify_action", action).ok
    return dict(signed(firm.qa, "verify_capa_plan", plan, "verified").ok["capa_plan"])


def signed(by: Colleague, function: str, plan: dict[str, Any], meaning: str, **body: object) -> Answer:
    """A signed step on a plan as it is now."""
    return by.sign(function, "capa_plan", plan["id"], meaning, id=plan["id"], etag=shown(by, plan)["etag"], **body)


def keys(plan: dict[str, Any]) -> list[str]:
    """The keys of the planned actions."""
    return [row["key"] for row in plan["content"]["actions"]]


def states(plan: dict[str, Any]) -> dict[str, str]:
    """The status of each action by key."""
    return {action["key"]: action["status"] for action in plan["actions"]}


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


def extension(by: Colleague, action: dict[str, Any], due_on: str = LATER) -> Answer:
    """The answer of asking for more time for an action."""
    return take(by, "request_extension", action, due_on=due_on, reason="Seals come late")


def decided(by: Colleague, asked_for: dict[str, Any], **body: object) -> Answer:
    """The answer of deciding about an extension."""
    return by.post("decide_extension", extension_id=asked_for["id"], etag=asked_for["etag"], **body)


def test_more_time_is_asked_granted_and_counted(firm: Company) -> None:
    [action] = implementing(firm)["actions"]
    extension(firm.action_owner, action).refused(403, "Only who owes this")
    wish = extension(firm.doer, action).ok["extension"]
    assert (wish["status"], wish["due_on_before"], wish["due_on"], wish["requested_by"]["id"]) == ("requested", SOON, LATER, firm.doer.id)
    extension(firm.doer, action, LATEST).refused(409, "asked already")
    assert decided(firm.qa, wish, granted=True).ok["extension"]["decided_by"]["id"] == firm.qa.id
    decided(firm.qa, wish, granted=True).refused(412)
    now = firm.doer.get("get_action", id=action["id"]).ok
    assert (now["due_on"], now["original_due_on"], now["extensions"], len(now["asked"])) == (LATER, SOON, 1, 1)
    decided(firm.qa, {**wish, "etag": now["asked"][0]["etag"]}, granted=False, reason="No").refused(409, "This extension is granted")
    second = extension(firm.doer, action, LATEST).ok["extension"]
    decided(firm.second_qa, second, granted=True, reason="Once more").ok
    now = firm.doer.get("get_action", id=action["id"]).ok
    assert (now["due_on"], now["original_due_on"], now["extensions"]) == (LATEST, SOON, 2)


def test_more_time_is_denied_with_a_reason(firm: Company) -> None:
    [action] = implementing(firm)["actions"]
    wish = extension(firm.doer, action).ok["extension"]
    decided(firm.action_owner, wish, granted=True).refused(403, "needs QA")
    decided(firm.qa, wish, granted=False).refused(422, "Say why")
    no = decided(firm.qa, wish, granted=False, reason="Too risky").ok["extension"]
    assert (no["status"], no["decision_reason"]) == ("denied", "Too risky")
    now = firm.doer.get("get_action", id=action["id"]).ok
    assert (now["due_on"], now["extensions"]) == (SOON, 0)
    extension(firm.doer, action).ok


@pytest.mark.clause("11.10(g)")
def test_nobody_grants_themselves_more_time(firm: Company) -> None:
    [action] = implementing(firm, firm.qa)["actions"]
    wish = extension(firm.qa, action).ok["extension"]
    decided(firm.qa, wish, granted=True).refused(403, "somebody else must decide")
    decided(firm.second_qa, wish, granted=True).ok


@pytest.mark.parametrize("due_on", [SOON, str(TODAY), "2200-01-01"])
def test_another_due_date_is_a_later_one(firm: Company, due_on: str) -> None:
    [action] = implementing(firm)["actions"]
    assert extension(firm.doer, action, due_on).refused(422)["field"] == "due_on"


def test_an_extension_names_one_thing_that_is_due(firm: Company) -> None:
    [action] = implementing(firm)["actions"]
    body = {"due_on": LATER, "reason": "Late", "etag": action["etag"]}
    firm.doer.post("request_extension", **body).refused(422, "exactly one")
    firm.doer.post("request_extension", **body, action_id=action["id"], record_id=action["about"]["id"]).refused(422, "exactly one")
    for name in ("action_id", "assignment_id", "record_id"):
        firm.doer.post("request_extension", **body, **{name: str(uuid4())}).refused(404)
    take(firm.doer, "complete_action", action, evidence="Done").ok
    extension(firm.doer, action).refused(409, "isn't due")


def test_a_granted_extension_of_what_is_over_is_refused(firm: Company) -> None:
    [action] = implementing(firm)["actions"]
    wish = extension(firm.doer, action).ok["extension"]
    take(firm.doer, "complete_action", action, evidence="Done").ok
    decided(firm.qa, wish, granted=True).refused(409, "isn't due any more")
    decided(firm.qa, wish, granted=False, reason="It is done").ok


def test_an_extension_survives_a_revision_of_the_plan(firm: Company) -> None:
    plan = implementing(firm)
    decided(firm.qa, extension(firm.doer, plan["actions"][0]).ok["extension"], granted=True).ok
    plan = applied(firm, plan, content={"goal": "Fewer leaks"})
    assert (plan["version"], plan["actions"][0]["due_on"]) == (2, LATER)


def test_a_record_gets_more_time_too(firm: Company) -> None:
    plan = created(firm)
    firm.action_owner.post("request_extension", due_on=LATER, reason="Late", record_id=plan["id"], etag=plan["etag"]).refused(
        409, "isn't due"
    )
    plan = firm.action_owner.post("edit_record", id=plan["id"], due_on=SOON, etag=plan["etag"]).ok["capa_plan"]
    body = {"due_on": LATER, "reason": "Late", "record_id": plan["id"], "etag": plan["etag"]}
    wish = firm.action_owner.post("request_extension", **body).ok["extension"]
    decided(firm.qa, wish, granted=True).ok
    plan = shown(firm.qa, plan)
    assert (plan["due_on"], [(one["due_on_before"], one["status"]) for one in plan["extensions"]]) == (LATER, [(SOON, "granted")])


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
