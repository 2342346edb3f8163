"""A name stands beside an id, so that a list and a decision can be read without looking anything up."""

from __future__ import annotations

from tests.builders import company, document, submitted
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
