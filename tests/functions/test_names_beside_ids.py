"""A name stands beside an id, so that a list and a decision can be read without looking anything up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.builders import approve, company, dated, document, effective_document, submitted
from tests.product import Product


def test_invitations_name_who_invited_who_came_and_their_teams(product: Product) -> None:
    firm = company(product, "qa")
    team = firm.admin.post("create_team", name="Filling").ok["team"]
    firm.admin.post("invite_member", email="new@test.qfacts.example", role="operator", admin=False, team_ids=[team["id"]]).ok
    asked, came = firm.admin.get("list_invitations").ok["items"]
    names = {one["person_id"]: one["name"] for one in firm.admin.get("list_members").ok["items"]}
    assert (asked["invited_by"], asked["invited_by_name"]) == (firm.admin.id, names[firm.admin.id])
    assert (asked["accepted_by"], asked["accepted_by_name"]) == (None, None)
    assert (asked["team_ids"], asked["teams"]) == ([team["id"]], [{"id": team["id"], "name": "Filling"}])
    assert (came["accepted_by"], came["accepted_by_name"]) == (firm.qa.id, names[firm.qa.id])
    assert came["teams"] == []


def test_who_decides_sees_the_impact_assessment_with_the_request(product: Product) -> None:
    firm = company(product, "action_owner", "qa", "operator")
    made = document(firm.action_owner, audience={"roles": ["operator"]})
    request = submitted(firm.action_owner, made["change"])["approval_request"]
    shown = firm.qa.get("get_approval_request", id=request["id"]).ok["change"]["impact_assessment"]
    assert shown == firm.qa.get("get_change", id=made["change"]["id"]).ok["impact_assessment"]
    assert (shown["people"]["count"], shown["people"]["untrained"]) == (1, 1)


def test_a_board_of_plans_shows_their_actions(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    owner, today = firm.action_owner, datetime.now(UTC).date()
    planned = [
        {"kind": "corrective", "description": f"Replace {what}", "owner_id": by.id, "due_on": str(today + timedelta(days))}
        for what, by, days in (("the seal", owner, 9), ("the jaw", firm.qa, 2))
    ]
    check = {"criterion": "No leak", "measure": "Leak test", "not_before": str(today)}
    content = {"goal": "No leaks", "actions": planned, "no_adverse_effect": "Validated", "effectiveness": check}
    plan = owner.post("create_capa_plan", title="Leaks", content=content).ok["capa_plan"]
    assert owner.get("list_capa_plans").ok["items"][0]["actions"] == []
    change = owner.post("propose_change", reason="As planned", items=[{"record_id": plan["id"]}]).ok["change"]
    approve(firm.qa, submitted(owner, change)["approval_request"]).ok
    [row] = owner.get("list_capa_plans").ok["items"]
    read = {one["id"]: one for one in owner.get("get_capa_plan", id=plan["id"]).ok["actions"]}
    assert [(one["description"], one["owner"]["id"], one["status"]) for one in row["actions"]] == [
        ("Replace the jaw", firm.qa.id, "open"),
        ("Replace the seal", owner.id, "open"),
    ]
    shown = ("kind", "due_on", "owner")
    for one in row["actions"]:
        assert {name: read[one["id"]][name] for name in shown} == {name: one[name] for name in shown}


def test_a_list_of_documents_says_since_when_and_for_staff_what_waits(product: Product) -> None:
    firm = company(product, "action_owner", "qa", "operator")
    owner, today = firm.action_owner, datetime.now(UTC).date()
    made = effective_document(owner, firm.qa)
    change = owner.post("propose_change", reason="Clearer", items=[{"record_id": made["id"], "content": {"summary": "Anew"}}]).ok["change"]
    later = str(today + timedelta(9))
    approve(firm.qa, submitted(owner, dated(owner, {"change": change}, later)["change"])["approval_request"]).ok
    [row] = owner.get("list_documents").ok["items"]
    shown = owner.get("get_document", id=made["id"]).ok
    assert (row["version"], row["effective_on"]) == (1, shown["effective_on"])
    assert row["waiting"] == {"version": 2, "effective_on": later}
    [seen] = firm.operator.get("list_documents").ok["items"]
    assert (seen["effective_on"], seen["waiting"]) == (shown["effective_on"], None)
