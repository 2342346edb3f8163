"""The part of the tour that leads through CAPA plans, their actions and extensions, and the comments on a change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders import Colleague, Company, approve, submitted

TODAY = datetime.now(UTC).date()


def plans(firm: Company, actions: int) -> None:
    """A plan with `actions` actions from draft to ineffective."""
    owner, qa = firm.action_owner, firm.qa
    planned = [
        {"kind": "corrective", "description": f"Replace seal {number}", "owner_id": owner.id, "due_on": str(TODAY + timedelta(9))}
        for number in range(actions)
    ]
    check = {"criterion": "No leak", "measure": "Leak test", "not_before": str(TODAY)}
    content = {"goal": "No leaks", "actions": planned, "no_adverse_effect": "Validated", "effectiveness": check}
    plan = owner.post("create_capa_plan", title="Leaks", content=content).ok["capa_plan"]
    change = owner.post("propose_change", reason="As planned", items=[{"record_id": plan["id"]}]).ok["change"]
    change = _commented(owner, change)
    approve(qa, submitted(owner, change)["approval_request"]).ok
    owner.get("list_capa_plans").ok
    for row in owner.get("get_capa_plan", id=plan["id"]).ok["actions"]:
        _carried_out(owner, qa, row["id"])
    _judged(qa, "verify_capa_plan", plan["id"], "verified")
    _judged(qa, "mark_capa_plan_ineffective", plan["id"], "ineffective", reason="It leaks again")


def _commented(by: Colleague, change: dict[str, Any]) -> dict[str, Any]:
    made = by.post("add_comment", change_id=change["id"], text="Is one seal enough?", etag=change["etag"]).ok["comment"]
    by.post("resolve_comment", comment_id=made["id"], etag=made["etag"]).ok
    return dict(by.get("get_change", id=change["id"]).ok.body)


def _carried_out(owner: Colleague, qa: Colleague, action_id: str) -> None:
    action = owner.get("get_action", id=action_id).ok
    asked = owner.post(
        "request_extension", action_id=action_id, due_on=str(TODAY + timedelta(20)), reason="On order", etag=action["etag"]
    ).ok["extension"]
    qa.post("decide_extension", extension_id=asked["id"], granted=True, etag=asked["etag"]).ok
    for function, by, more in (
        ("complete_action", owner, {"evidence": "Done"}),
        ("return_action", qa, {"reason": "Photograph missing"}),
        ("complete_action", owner, {"evidence": "Done, with a photograph"}),
        ("verify_action", qa, {}),
    ):
        etag = by.get("get_action", id=action_id).ok["etag"]
        by.post(function, action_id=action_id, etag=etag, **more).ok


def _judged(by: Colleague, function: str, plan_id: str, meaning: str, **more: object) -> None:
    etag = by.get("get_capa_plan", id=plan_id).ok["etag"]
    by.sign(function, "capa_plan", plan_id, meaning, id=plan_id, etag=etag, **more).ok
