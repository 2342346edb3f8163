"""The lists of what is owed, and the search for people: actions by owner and state, extensions, reviews of the trail, members by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Colleague, Company, as_superuser, visitor
from tests.functions.capa_plans.builders import LATER, extension, firm, implementing, take
from tests.functions.courses import only
from tests.product import Product

__all__ = ["firm"]


def listed(by: Colleague, function: str, **filters: Any) -> list[str]:
    """The ids of a list."""
    return [row["id"] for row in by.get(function, **filters).ok["items"]]


def test_actions_are_listed_by_owner_by_state_and_overdue(product: Product, firm: Company) -> None:
    first, second, third = (implementing(firm, owner)["actions"][0] for owner in (firm.doer, firm.action_owner, firm.doer))
    assert listed(firm.qa, "list_actions") == [third["id"], second["id"], first["id"]]
    assert listed(firm.qa, "list_actions", owner=firm.doer.id) == [third["id"], first["id"]]
    take(firm.doer, "complete_action", first, evidence="Done").ok
    assert listed(firm.qa, "list_actions", owner=firm.doer.id, state="open") == [third["id"]]
    assert listed(firm.qa, "list_actions", state="done") == [first["id"]]
    as_superuser(product, "update actions set due_on = current_date - 3 where organisation_id = :o", firm.id, o=firm.id)
    assert listed(firm.qa, "list_actions", overdue=True) == [third["id"], second["id"]], "what is done waits for QA"
    assert listed(firm.qa, "list_actions", overdue=False) == [first["id"]]


def test_an_action_in_the_list_is_the_action_as_it_is_read_alone(firm: Company) -> None:
    action = implementing(firm)["actions"][0]
    extension(firm.doer, action).ok
    [row] = firm.qa.get("list_actions").ok["items"]
    assert row == firm.qa.get("get_action", id=action["id"]).ok.body
    assert {step["step"]: step["open"] for step in row["open_steps"]}["complete"] is False


def test_an_extension_in_the_list_says_what_it_is_about_and_who_may_decide(firm: Company) -> None:
    action = implementing(firm)["actions"][0]
    asked = extension(firm.doer, action).ok["extension"]
    [row] = firm.qa.get("list_extensions", state="requested").ok["items"]
    assert {name: value for name, value in row.items() if name != "about"} == firm.qa.get("get_action", id=action["id"]).ok["asked"][0]
    assert (row["id"], row["about"]["kind"], row["about"]["id"]) == (asked["id"], "action", action["id"])
    assert (row["about"]["number"], row["about"]["title"], row["about"]["status"]) == (action["number"], "Replace seal 1", "open")
    assert [step["open"] for step in row["open_steps"]] == [True, True]
    mine = firm.doer.get("list_extensions", mine=True).ok["items"]
    assert [[step["open"] for step in one["open_steps"]] for one in mine] == [[False, False]]
    take(firm.doer, "complete_action", action, evidence="Done").ok
    [over] = firm.qa.get("list_extensions").ok["items"]
    assert {step["step"]: step["open"] for step in over["open_steps"]} == {"grant": False, "deny": True}
    assert firm.qa.get("list_extensions", state="granted").ok["items"] == []


def test_a_reader_sees_the_extensions_that_they_asked_for_and_no_others(firm: Company) -> None:
    extension(firm.doer, implementing(firm)["actions"][0]).ok
    learnt = {"description": "How to weigh", "audience": {"person_ids": [firm.operator.id]}}
    made = firm.action_owner.post("create_training", title="Weighing", content=learnt).ok
    change = made["change"]
    request = firm.action_owner.post("submit_change", change_id=change["id"], etag=change["etag"]).ok["approval_request"]
    signs = {"approval_request_id": request["id"], "etag": request["etag"]}
    firm.qa.sign("approve_request", "approval_request", request["id"], "approved", **signs).ok
    owed = only(firm.operator)
    wish = {"assignment_id": owed["id"], "due_on": LATER, "reason": "Away", "etag": owed["etag"]}
    firm.operator.post("request_extension", **wish).ok
    [row] = firm.operator.get("list_extensions").ok["items"]
    assert (row["about"]["kind"], row["about"]["id"], row["about"]["title"]) == ("assignment", owed["id"], "Weighing")
    assert len(firm.qa.get("list_extensions").ok["items"]) == 2


@pytest.mark.clause("Annex 11 §9")
def test_reviews_of_the_trail_are_listed_with_their_signatures(firm: Company) -> None:
    period = {"from": "2020-01-01", "to": "2020-12-31"}
    made = [
        firm.qa.sign("review_audit_trail", "audit_trail", firm.id, "reviewed", finding=finding, **period).ok["review"]
        for finding in ("Nothing unusual", "Two late edits")
    ]
    assert firm.action_owner.get("list_trail_reviews").ok["items"] == made[::-1]


def test_members_are_found_by_a_part_of_their_name(product: Product, firm: Company) -> None:
    guest = visitor(product)
    product.post("update_me", guest.token, name="Zoë van den Brück-50%").ok
    firm.join("zoe", "operator")
    as_superuser(product, "update members set printed_name = 'Zoë van den Brück-50%' where person_id = :id", firm.id, id=firm.zoe.id)
    for part in ("zoe", "ZOË", "brueck"[:2], "den bruck", "50%"):
        assert [row["id"] for row in firm.operator.get("list_members", q=part).ok["items"]] == [firm.zoe.id], part
    for part in ("%", "_", "nobody of this name"):
        assert [row["id"] for row in firm.operator.get("list_members", q=part).ok["items"]] == ([firm.zoe.id] if part == "%" else [])
    assert firm.operator.get("list_members", q="zoe", status="deactivated").ok["items"] == []
