"""CAPA plans in every status, made through the functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import Colleague, Company, approve, company
from tests.product import Answer, Product

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


def extension(by: Colleague, action: dict[str, Any], due_on: str = LATER) -> Answer:
    """The answer of asking for more time for an action."""
    return take(by, "request_extension", action, due_on=due_on, reason="Seals come late")


def decided(by: Colleague, asked_for: dict[str, Any], **body: object) -> Answer:
    """The answer of deciding about an extension."""
    return by.post("decide_extension", extension_id=asked_for["id"], etag=asked_for["etag"], **body)
