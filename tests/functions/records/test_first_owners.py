"""Whose a new record is: its maker's, or the owner's and the team's that they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.builders import Company, approve, company, submitted, triaged_event
from tests.product import Answer, Product

Creating = Callable[..., Answer]


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with a second action owner, who left, and a team."""
    made = company(product, "action_owner", "qa", "second_qa", "operator", "inspector")
    made.join("successor", "action_owner")
    left = made.join("leaver", "action_owner")
    made.admin.post("deactivate_member", person_id=left.id).ok
    return made


def _investigation(firm: Company, **whose: Any) -> Answer:
    found = triaged_event(firm.action_owner, firm.qa)
    return firm.action_owner.post("open_investigation", event_ids=[found["id"]], **whose)


CREATING: dict[str, Callable[..., Answer]] = {
    "document": lambda firm, **whose: firm.action_owner.post("create_document", title="Weighing", type="sop", **whose),
    "training": lambda firm, **whose: firm.action_owner.post("create_training", title="Weighing", **whose),
    "event": lambda firm, **whose: firm.action_owner.post("report_event", title="Spill", type="deviation", **whose),
    "capa_plan": lambda firm, **whose: firm.action_owner.post("create_capa_plan", title="New seals", **whose),
    "investigation": _investigation,
}


def made_by(answer: Answer) -> dict[str, Any]:
    """The record of the answer, whatever it is called there."""
    body = answer.ok.body
    return dict(body["record"] if "record" in body else next(iter(body.values())))


@pytest.mark.parametrize("kind", CREATING)
def test_a_new_record_belongs_to_the_owner_and_the_team_that_its_maker_names(firm: Company, kind: str) -> None:
    team = firm.admin.post("create_team", name=f"Owners of a new {kind}").ok["team"]
    made = made_by(CREATING[kind](firm, owner_id=firm.successor.id, team_id=team["id"]))
    assert (made["kind"], made["owner"]["id"], made["team"]["id"]) == (kind, firm.successor.id, team["id"])
    alone = made_by(CREATING[kind](firm))
    assert (alone["owner"]["id"], alone["team"]) == (firm.action_owner.id, None)


@pytest.mark.parametrize("kind", CREATING)
@pytest.mark.parametrize("person", ["operator", "inspector", "leaver", "admin", "nobody"])
def test_nobody_owns_a_new_record_who_may_not_own_work(firm: Company, kind: str, person: str) -> None:
    named = str(uuid4()) if person == "nobody" else firm.people[person].id
    assert CREATING[kind](firm, owner_id=named).refused(422, "Action Owner")["field"] == "owner_id"


@pytest.mark.parametrize("kind", CREATING)
def test_a_new_record_belongs_to_no_team_of_elsewhere(firm: Company, product: Product, kind: str) -> None:
    other = company(product).admin.post("create_team", name="Production").ok["team"]
    assert CREATING[kind](firm, team_id=other["id"]).refused(422, "no such team")["field"] == "team_id"


def test_a_document_stays_with_its_named_owner_when_it_is_approved(firm: Company) -> None:
    made = CREATING["document"](firm, owner_id=firm.successor.id, content={"summary": "How to weigh"}).ok
    approve(firm.qa, submitted(firm.action_owner, made["change"])["approval_request"]).ok
    shown = firm.qa.get("get_document", id=made["record"]["id"]).ok
    assert (shown["status"], shown["owner"]["id"]) == ("effective", firm.successor.id)
