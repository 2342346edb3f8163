"""More time for trainings, the mail about due dates and returned actions, and what becomes of actions whose owner leaves."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.mail.mail import Mail, compose
from tests.builders import Colleague, Company, approve, company, effective_document, mails
from tests.functions.capa_plans.builders import (
    LATER,
    SOON,
    applied,
    asked,
    content,
    created,
    decided,
    extension,
    implementing,
    shown,
    signed,
    states,
    take,
    verified,
)
from tests.functions.courses import completed, in_days, only, training
from tests.product import Answer, Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with two action owners, three QA and an operator."""
    made = company(product, "action_owner", "qa", "second_qa", "third_qa", "operator")
    made.join("doer", "action_owner")
    return made


def wished(by: Colleague, assignment: dict[str, Any], due_on: str) -> Answer:
    """The answer of asking for more time for a training."""
    etag = by.get("get_assignment", id=assignment["id"]).ok["etag"]
    return by.post("request_extension", assignment_id=assignment["id"], due_on=due_on, reason="Ill until then", etag=etag)


def letters(product: Product, person: Colleague, template: str) -> list[dict[str, Any]]:
    """The facts of what is owed to a person on an occasion; each can be written."""
    found = [facts for name, facts in mails(product, person.email) if name == template]
    for facts in found:
        for language in ("nl", "fr", "en"):
            compose(Mail(person.email, language, template, facts))
    return found


def test_more_time_for_a_training_is_granted_and_moves_its_due_date(product: Product, firm: Company) -> None:
    made = training(firm, audience={"roles": ["operator", "qa"]})
    found, later = only(firm.operator), in_days(40)
    wished(firm.qa, found, later).refused(403, "Only who owes this")
    wished(firm.operator, found, found["due_on"]).refused(422, "must be after")
    wish = wished(firm.operator, found, later).ok["extension"]
    assert (wish["status"], wish["assignment_id"], wish["due_on_before"]) == ("requested", found["id"], found["due_on"])
    wished(firm.operator, found, in_days(50)).refused(409, "asked already")
    [told] = letters(product, firm.qa, "extension_requested")
    assert (told["number"], told["page"], told["due_on"]) == (made["number"], "assignments", later)
    assert letters(product, firm.operator, "extension_requested") == []
    [asked] = firm.qa.get("get_assignment", id=found["id"]).ok["extensions"]
    assert (asked["id"], [step["step"] for step in asked["open_steps"] if step["open"]]) == (wish["id"], ["grant", "deny"])
    decided(firm.operator, asked, granted=True).refused(403, "needs QA")
    done = decided(firm.qa, asked, granted=True).ok["extension"]
    assert (done["status"], done["decided_by"]["id"]) == ("granted", firm.qa.id)
    now = only(firm.operator)
    assert (now["due_on"], now["status"], now["extensions"][0]["due_on_before"]) == (later, "assigned", found["due_on"])
    assert [facts["due_on"] for facts in letters(product, firm.operator, "extension_granted")] == [later]
    own = wished(firm.qa, only(firm.qa), later).ok["extension"]
    decided(firm.qa, own, granted=True).refused(403, "somebody else must decide")
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def test_more_time_for_a_training_is_denied_with_a_reason(product: Product, firm: Company) -> None:
    training(firm, audience={"roles": ["operator"]})
    found = only(firm.operator)
    wish = wished(firm.operator, found, in_days(40)).ok["extension"]
    decided(firm.qa, wish, granted=False).refused(422, "Say why")
    assert decided(firm.qa, wish, granted=False, reason="It is urgent").ok["extension"]["status"] == "denied"
    assert (only(firm.operator)["due_on"], only(firm.operator)["extensions"][0]["decision_reason"]) == (found["due_on"], "It is urgent")
    [told] = letters(product, firm.operator, "extension_denied")
    assert (told["reason"], told["due_on"]) == ("It is urgent", found["due_on"])
    again = wished(firm.operator, found, in_days(40)).ok["extension"]
    completed(firm.operator, only(firm.operator)).ok
    decided(firm.qa, again, granted=True).refused(409, "isn't due any more")
    wished(firm.operator, found, in_days(50)).refused(409, "isn't due")


def test_the_mail_about_actions_goes_to_who_must_act(product: Product, firm: Company) -> None:
    [action] = implementing(firm)["actions"]
    wish = extension(firm.doer, action).ok["extension"]
    for judge in (firm.qa, firm.second_qa, firm.third_qa):
        assert [(one["number"], one["page"]) for one in letters(product, judge, "extension_requested")] == [(action["number"], "actions")]
    decided(firm.qa, wish, granted=True).ok
    names = firm.qa.get("export_record", id=action["about"]["id"], format="json").ok["names"]
    assert names[action["id"]] == action["number"]
    assert [one["subject_id"] for one in letters(product, firm.doer, "extension_granted")] == [action["id"]]
    take(firm.doer, "complete_action", action, evidence="Done").ok
    take(firm.qa, "return_action", action, reason="Which seal?").ok
    [back] = letters(product, firm.doer, "action_returned")
    assert (back["reason"], back["due_on"], back["action_id"]) == ("Which seal?", LATER, action["id"])


def test_a_due_date_is_set_and_comes_nearer_by_an_edit_but_moves_away_by_an_extension_only(firm: Company) -> None:
    plan, owner = created(firm), firm.action_owner
    for due_on in (LATER, SOON):
        edited = owner.post("edit_record", id=plan["id"], due_on=due_on, etag=shown(owner, plan)["etag"]).ok["capa_plan"]
        assert edited["due_on"] == due_on
    answer = firm.qa.post("edit_record", id=plan["id"], due_on=LATER, etag=edited["etag"]).refused(422, "ask QA for an extension")
    assert answer["field"] == "due_on"
    body = {"record_id": plan["id"], "due_on": LATER, "reason": "Seals come late"}
    wish = owner.post("request_extension", etag=edited["etag"], **body).ok["extension"]
    decided(firm.qa, wish, granted=True).ok
    now = shown(owner, plan)
    assert (now["due_on"], [(one["due_on_before"], one["status"]) for one in now["extensions"]]) == (LATER, [(SOON, "granted")])


@pytest.mark.clause("11.10(i)")
def test_open_actions_of_whoever_leaves_go_to_the_successor(product: Product, firm: Company) -> None:
    plan = implementing(firm, firm.doer, firm.doer, firm.action_owner)
    first, second, _ = plan["actions"]
    take(firm.doer, "complete_action", first, evidence="Done").ok
    take(firm.qa, "verify_action", first).ok
    follow_up = {"description": "Tell them", "owner_id": firm.doer.id, "due_on": SOON}
    record = effective_document(firm.action_owner, firm.qa)
    items = [{"record_id": record["id"], "content": {"summary": "Clearer"}}]
    change = firm.action_owner.post("propose_change", reason="Why", items=items, follow_ups=[follow_up]).ok["change"]
    request = firm.action_owner.post("submit_change", change_id=change["id"], etag=change["etag"]).ok["approval_request"]
    [begun] = firm.qa.sign(
        "approve_request", "approval_request", request["id"], "approved", approval_request_id=request["id"], etag=request["etag"]
    ).ok["change"]["actions"]
    firm.admin.post("deactivate_member", person_id=firm.doer.id).refused(422, "successor")
    firm.admin.post("deactivate_member", person_id=firm.doer.id, successor_id=firm.second_qa.id).ok
    owners = {one["key"]: one["owner"]["id"] for one in shown(firm.qa, plan)["actions"]}
    assert owners == {"A1": firm.doer.id, "A2": firm.second_qa.id, "A3": firm.action_owner.id}, "what is over stays as it was"
    assert firm.qa.get("get_action", id=begun["id"]).ok["owner"]["id"] == firm.second_qa.id
    take(firm.second_qa, "complete_action", second, evidence="Done").ok
    take(firm.second_qa, "verify_action", second).refused(403, "somebody else")
    assert states(shown(firm.qa, plan)) == {"A1": "verified", "A2": "done", "A3": "open"}
    moved = [one for one in firm.qa.get("list_audit_trail", record_id=plan["id"]).ok["items"] if one["step"] == "deactivate_member"]
    assert [(one["table_name"], one["row_key"]) for one in moved] == [("actions", second["id"])]
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def test_planned_work_of_whoever_leaves_goes_to_the_successor_before_it_is_approved(product: Product, firm: Company) -> None:
    follow_up = {"description": "Tell them", "owner_id": firm.doer.id, "due_on": SOON}
    plan = created(firm, firm.doer, firm.action_owner)
    other, running = created(firm, firm.action_owner), implementing(firm, firm.doer, firm.action_owner)
    reassigned = [dict(row, owner_id=firm.doer.id) for row in running["content"]["actions"]]
    drafted = firm.action_owner.post(
        "propose_change",
        reason="Why",
        follow_ups=[follow_up],
        items=[
            {"record_id": running["id"], "content": {"actions": [*reassigned, content(firm)["actions"][0]]}},
            {"record_id": other["id"], "step": "approve_plan", "owner_id": firm.doer.id},
        ],
    ).ok["change"]
    waiting = asked(firm.action_owner, plan, "approve_plan").ok["approval_request"]
    firm.admin.post("deactivate_member", person_id=firm.doer.id).refused(422, "successor")
    firm.admin.post("deactivate_member", person_id=firm.doer.id, successor_id=firm.second_qa.id).ok
    left = [row["owner_id"] for row in shown(firm.qa, plan)["content"]["actions"]]
    assert left == [firm.second_qa.id, firm.action_owner.id], "a draft plan is worked on"
    request = firm.qa.get("get_approval_request", id=waiting["id"]).ok
    assert (request["status"], "handed over" in request["cause"]) == ("lapsed", True), "nobody signs for what isn't so any more"
    assert mails(product, firm.action_owner.email)[0][0] == "change_lapsed"
    change = firm.action_owner.get("get_change", id=drafted["id"]).ok
    assert [row["owner_id"] for row in change["follow_ups"]] == [firm.second_qa.id]
    request = firm.action_owner.post("submit_change", change_id=change["id"], etag=change["etag"]).ok["approval_request"]
    approve(firm.third_qa, request).ok
    owners = {one["key"]: one["owner"]["id"] for one in shown(firm.qa, running)["actions"]}
    assert owners == {"A1": firm.second_qa.id, "A2": firm.second_qa.id, "A3": firm.second_qa.id}
    signed_rows = [row["owner_id"] for row in shown(firm.qa, running)["content"]["actions"]]
    assert signed_rows == [firm.doer.id, firm.second_qa.id, firm.second_qa.id], "what was signed stays as it was"
    assert shown(firm.qa, other)["owner"]["id"] == firm.second_qa.id
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def test_what_is_planned_for_somebody_who_may_not_do_it_any_more_goes_back_and_gets_another_owner(product: Product, firm: Company) -> None:
    owner = firm.action_owner
    asks = {"description": "Tell them", "owner_id": firm.doer.id, "due_on": SOON}
    record = effective_document(owner, firm.qa)
    drafted = owner.post("propose_change", reason="Why", items=[{"record_id": record["id"]}], follow_ups=[asks]).ok["change"]
    waiting = asked(owner, plan := created(firm, firm.doer), "approve_plan").ok
    fine = asked(owner, created(firm, owner), "approve_plan").ok["approval_request"]
    firm.admin.post("set_member_role", person_id=firm.doer.id, role="qa").ok
    assert firm.qa.get("get_approval_request", id=waiting["approval_request"]["id"]).ok["status"] == "open", "QA does actions as well"
    firm.admin.post("set_member_role", person_id=firm.doer.id, role="operator").ok
    request = firm.qa.get("get_approval_request", id=waiting["approval_request"]["id"]).ok
    assert (request["status"], request["cause"].split(" would ")[0]) == ("lapsed", f"{plan['number']}/A1")
    assert "name another owner" in request["cause"]
    assert mails(product, owner.email)[0][0] == "change_lapsed"
    assert firm.qa.get("get_approval_request", id=fine["id"]).ok["status"] == "open"
    change = owner.get("get_change", id=waiting["change"]["id"]).ok
    owner.post("submit_change", change_id=change["id"], etag=change["etag"]).refused(409, f"{plan['number']}/A1", "name another owner")
    owner.post("submit_change", change_id=drafted["id"], etag=drafted["etag"]).refused(409, f"{drafted['number']}/F1", "another owner")
    shut = next(step for step in owner.get("get_change", id=drafted["id"]).ok["open_steps"] if step["step"] == "submit")
    assert not shut["open"]
    assert f"{drafted['number']}/F1" in shut["why_not"], "the web app says it before"
    again = [{**asks, "owner_id": owner.id}]
    drafted = owner.post("edit_change", change_id=drafted["id"], follow_ups=again, etag=drafted["etag"]).ok["change"]
    owner.post("submit_change", change_id=drafted["id"], etag=drafted["etag"]).ok
    rows = {"actions": [{**row, "owner_id": owner.id} for row in shown(owner, plan)["content"]["actions"]]}
    owner.post("edit_record", id=plan["id"], content=rows, etag=shown(owner, plan)["etag"]).ok
    assert applied(firm, plan, "approve_plan")["actions"][0]["owner"]["id"] == owner.id


@pytest.mark.parametrize("where", ["plan", "item", "follow_up", "owner"])
def test_who_only_has_planned_work_leaves_to_a_successor_too(firm: Company, where: str) -> None:
    if where == "plan":
        created(firm, firm.doer)
    else:
        planned: dict[str, dict[str, Any]] = {
            "item": {"content": {"actions": content(firm)["actions"]}},
            "owner": {"owner_id": firm.doer.id},
        }
        follow_ups = [{"description": "Tell them", "owner_id": firm.doer.id, "due_on": SOON}] if where == "follow_up" else []
        items = [{"record_id": created(firm, firm.action_owner)["id"], "step": "approve_plan", **planned.get(where, {})}]
        firm.action_owner.post("propose_change", reason="Why", items=items, follow_ups=follow_ups).ok
    firm.admin.post("deactivate_member", person_id=firm.doer.id).refused(422, "successor")


def test_what_whoever_left_has_done_stays_theirs_in_the_plan_that_begins_again(firm: Company) -> None:
    plan = verified(firm, implementing(firm, firm.doer))
    signed(firm.third_qa, "mark_capa_plan_ineffective", plan, "ineffective", reason="It leaks again").ok
    fresh = [*shown(firm.qa, plan)["content"]["actions"], content(firm)["actions"][0]]
    firm.action_owner.post("edit_record", id=plan["id"], content={"actions": fresh}, etag=shown(firm.qa, plan)["etag"]).ok
    firm.admin.post("deactivate_member", person_id=firm.doer.id, successor_id=firm.second_qa.id).ok
    left = [row["owner_id"] for row in shown(firm.qa, plan)["content"]["actions"]]
    assert left == [firm.doer.id, firm.second_qa.id]
    assert states(applied(firm, plan, "approve_plan")) == {"A1": "verified", "A2": "open"}
