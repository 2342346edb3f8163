"""A plan, its actions and their extensions wait for one person after the other, and each is told at once and once."""

from __future__ import annotations

from typing import Any

from tests.builders import Colleague, Company, mails
from tests.functions.capa_plans.builders import SOON, TODAY, created, decided, extension, firm, implementing, shown, signed, take
from tests.product import Product

__all__ = ["firm"]


def finders(firm: Company, what: str, subject_id: str) -> set[str]:
    """Those in whose own list it stands."""
    found = {name: person.get("get_worklist", what=what, limit=100).ok["items"] for name, person in firm.people.items()}
    return {name for name, items in found.items() if subject_id in [one["subject"]["id"] for one in items]}


def told(product: Product, who: Colleague) -> list[tuple[str, str]]:
    """What somebody was told at once, newest first: the task and the thing."""
    return [(facts["task"], facts["subject_id"]) for template, facts in mails(product, who.email) if template == "work_waiting"]


def action_of(firm: Company, plan: dict[str, Any]) -> dict[str, Any]:
    """The plan's only action."""
    [action] = shown(firm.action_owner, plan)["actions"]
    return dict(action)


def test_a_draft_plan_waits_for_its_owner(firm: Company) -> None:
    plan = created(firm)
    assert finders(firm, "plan", plan["id"]) == {"action_owner"}


def test_an_action_waits_for_its_owner_and_the_plan_for_its_actions(product: Product, firm: Company) -> None:
    plan = implementing(firm)
    action = action_of(firm, plan)
    assert finders(firm, "act", action["id"]) == {"doer"}
    assert told(product, firm.doer) == [("act", action["id"])]
    assert finders(firm, "implement", plan["id"]) == {"action_owner"}
    assert finders(firm, "verify_plan", plan["id"]) == set()
    [item] = firm.doer.get("get_worklist", what="act").ok["items"]
    assert (item["due_on"], item["function"], item["open"]) == (SOON, "complete_action", True)


def test_an_action_that_was_done_waits_for_qa_and_back_for_its_owner_when_it_is_returned(product: Product, firm: Company) -> None:
    action = action_of(firm, implementing(firm))
    take(firm.doer, "complete_action", action, evidence="Done").ok
    qas = {"qa", "second_qa", "third_qa"}
    assert finders(firm, "act", action["id"]) == set()
    assert finders(firm, "verify_action", action["id"]) == qas
    assert all(told(product, firm.people[name])[0] == ("verify_action", action["id"]) for name in qas)
    take(firm.qa, "return_action", action, reason="Photograph missing").ok
    assert finders(firm, "verify_action", action["id"]) == set()
    assert finders(firm, "act", action["id"]) == {"doer"}


def test_qa_never_finds_what_they_did_themselves(firm: Company) -> None:
    action = action_of(firm, implementing(firm, firm.qa))
    take(firm.qa, "complete_action", action, evidence="Done").ok
    assert finders(firm, "verify_action", action["id"]) == {"second_qa", "third_qa"}


def test_a_plan_whose_actions_are_over_waits_for_qa_who_did_none_of_them(product: Product, firm: Company) -> None:
    plan = implementing(firm, firm.second_qa)
    action = action_of(firm, plan)
    take(firm.second_qa, "complete_action", action, evidence="Done").ok
    take(firm.qa, "verify_action", action).ok
    assert finders(firm, "verify_plan", plan["id"]) == {"qa", "third_qa"}
    assert finders(firm, "implement", plan["id"]) == set()
    assert ("verify_plan", plan["id"]) in told(product, firm.third_qa)
    assert ("verify_plan", plan["id"]) not in told(product, firm.second_qa), "who did an action may not verify its plan"
    assert ("verify_plan", plan["id"]) not in told(product, firm.qa), "who verified the last action knows"


def test_the_effectiveness_check_waits_for_the_owner_until_its_window_opens(product: Product, firm: Company) -> None:
    plan = implementing(firm)
    action = action_of(firm, plan)
    take(firm.doer, "complete_action", action, evidence="Done").ok
    take(firm.qa, "verify_action", action).ok
    signed(firm.qa, "verify_capa_plan", plan, "verified").ok
    assert finders(firm, "check_effectiveness", plan["id"]) == {"action_owner"}
    [item] = firm.action_owner.get("get_worklist", what="check_effectiveness").ok["items"]
    assert item["due_on"] == str(TODAY)
    assert told(product, firm.action_owner)[0] == ("check_effectiveness", plan["id"])
    signed(firm.qa, "mark_capa_plan_ineffective", plan, "ineffective", reason="It leaks again").ok
    assert finders(firm, "plan", plan["id"]) == {"action_owner"}
    assert told(product, firm.action_owner)[0] == ("plan", plan["id"])


def test_a_request_for_more_time_waits_for_qa_who_neither_asked_nor_owe_it(firm: Company) -> None:
    action = action_of(firm, implementing(firm, firm.second_qa))
    asked_for = extension(firm.second_qa, action).ok["extension"]
    assert finders(firm, "decide_extension", asked_for["id"]) == {"qa", "third_qa"}
    decided(firm.qa, asked_for, granted=True).ok
    assert finders(firm, "decide_extension", asked_for["id"]) == set()
