"""Teams are named, led and closed; nothing open is left behind in a closed one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import Company, approve, at_once, company, effective_document, submitted, visitor
from tests.builders import invitation_token as token_of
from tests.product import Answer, Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author, QA and an operator."""
    return company(product, "action_owner", "qa", "operator")


def team_of(firm: Company, name: str = "Production") -> str:
    """A team with the operator in it."""
    team = firm.admin.post("create_team", name=name).ok["team"]
    firm.admin.post("add_team_member", team_id=team["id"], person_id=firm.operator.id).ok
    return str(team["id"])


def test_a_team_is_renamed_and_keeps_what_it_owns(firm: Company) -> None:
    team = team_of(firm)
    firm.admin.post("create_team", name="Filling").ok
    record = firm.action_owner.post("report_event", title="Spill", type="deviation", team_id=team).ok["event"]
    firm.admin.post("rename_team", team_id=team, name="Filling").refused(409, "exists already")
    assert firm.admin.post("rename_team", team_id=team, name="Aseptic filling").ok["team"]["name"] == "Aseptic filling"
    assert firm.qa.get("get_event", id=record["id"]).ok["team"] == {"id": team, "name": "Aseptic filling"}
    stale = firm.admin.post("rename_team", team_id=team, name="Filling B", etag='"1"')
    stale.refused(412)


def test_a_team_is_led_by_one_of_its_people_until_they_leave_it(firm: Company) -> None:
    team = team_of(firm)
    refused = firm.admin.post("set_team_lead", team_id=team, lead_id=firm.qa.id).refused(422, "active member of the team")
    assert refused["field"] == "lead_id"
    assert firm.admin.post("set_team_lead", team_id=team, lead_id=firm.operator.id).ok["team"]["lead"]["id"] == firm.operator.id
    assert [one["lead"]["id"] for one in firm.operator.get("list_teams").ok["items"]] == [firm.operator.id]
    assert firm.admin.post("set_team_lead", team_id=team, lead_id=None).ok["team"]["lead"] is None
    firm.admin.post("set_team_lead", team_id=team, lead_id=firm.operator.id).ok
    assert firm.admin.post("remove_team_member", team_id=team, person_id=firm.operator.id).ok["team"]["lead"] is None
    firm.admin.post("add_team_member", team_id=team, person_id=firm.operator.id).ok
    firm.admin.post("set_team_lead", team_id=team, lead_id=firm.operator.id).ok
    firm.admin.post("deactivate_member", person_id=firm.operator.id).ok
    assert firm.admin.get("list_teams").ok["items"][0]["lead"] is None


def _owns(firm: Company, team: str) -> dict[str, Any]:
    return dict(firm.action_owner.post("report_event", title="Spill", type="deviation", team_id=team).ok["event"])


def _learns(firm: Company, team: str) -> dict[str, Any]:
    learnt = {"description": "How to weigh", "audience": {"team_ids": [team]}}
    made = firm.action_owner.post("create_training", title="Weighing", content=learnt).ok
    approve(firm.qa, submitted(firm.action_owner, made["change"])["approval_request"]).ok
    return dict(made["record"])


def _is_to_own(firm: Company, team: str) -> dict[str, Any]:
    record = effective_document(firm.action_owner, firm.qa)
    items = [{"record_id": record["id"], "team_id": team}]
    return dict(firm.action_owner.post("propose_change", reason="Another team", items=items).ok["change"])


@pytest.mark.parametrize("work", [_owns, _learns, _is_to_own])
def test_a_team_with_something_open_isnt_closed_and_the_refusal_names_it(firm: Company, work: Callable[..., dict[str, Any]]) -> None:
    team = team_of(firm)
    left = work(firm, team)
    refused = firm.admin.post("close_team", team_id=team, reason="Merged").refused(409, left["number"])
    assert (refused["numbers"], refused["count"]) == ([left["number"]], 1)
    assert firm.admin.get("list_teams").ok["items"][0]["closed_at"] is None


def test_a_closed_team_is_left_by_its_people_and_gets_nothing_any_more(product: Product, firm: Company) -> None:
    team = team_of(firm)
    guest = visitor(product)
    firm.admin.post("invite_member", email=guest.email, role="operator", team_ids=[team]).ok
    firm.admin.post("set_team_lead", team_id=team, lead_id=firm.operator.id).ok
    closed = firm.admin.post("close_team", team_id=team, reason="Merged").ok["team"]
    assert (closed["members"], closed["lead"], closed["closed_at"] is not None) == ([], None, True)
    assert firm.admin.get("list_teams").ok["items"] == []
    assert [one["id"] for one in firm.admin.get("list_teams", closed=True).ok["items"]] == [team]
    assert firm.action_owner.post("report_event", title="Spill", type="deviation", team_id=team).refused(422)["field"] == "team_id"
    for function, more in (
        ("add_team_member", {"person_id": firm.operator.id}),
        ("rename_team", {"name": "Filling"}),
        ("set_team_lead", {"lead_id": None}),
        ("close_team", {"reason": "Again"}),
    ):
        firm.admin.post(function, team_id=team, **more).refused(409, "This team is closed")
    joined = product.post("accept_invitation", guest.token, token=token_of(product, guest.email)).ok
    assert joined["member"]["teams"] == []
    trail = firm.qa.get("list_audit_trail", record_id=team).ok["items"]
    assert [entry["reason"] for entry in trail if entry["step"] == "close_team" and entry["table_name"] == "teams"] == ["Merged"]


def test_nothing_is_given_to_a_team_in_the_moment_in_which_it_is_closed(product: Product, firm: Company) -> None:
    owner, admin = firm.action_owner, firm.admin
    for number in range(4):
        team = team_of(firm, f"Shift {number}")

        def closes(own: Product, team: str = team) -> Answer:
            return own.post("close_team", admin.token, admin.organisation, team_id=team, reason="Merged")

        def reports(own: Product, team: str = team) -> Answer:
            return own.post("report_event", owner.token, owner.organisation, title="Spill", type="deviation", team_id=team)

        closed, *reported = (one.status for one in at_once(product, closes, reports, reports, reports))
        assert reported == [422] * 3 if closed == 200 else closed == 409 and 200 in reported
