"""More time for actions and records: requested, granted or denied by QA, and counted."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.builders import Company
from tests.functions.capa_plans.builders import (
    LATER,
    LATEST,
    SOON,
    TODAY,
    applied,
    created,
    decided,
    extension,
    firm,
    implementing,
    shown,
    take,
)

__all__ = ["firm"]


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
