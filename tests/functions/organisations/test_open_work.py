"""An admin sees what a leaver owns or is planned for before they leave, and nothing of it is left afterwards."""

from __future__ import annotations

import pytest

from tests.builders import Company, company, document, effective_document, event
from tests.product import Product


@pytest.fixture
def firm(product: Product) -> Company:
    return company(product, "action_owner", "qa", "operator")


def left_behind(firm: Company, person_id: str) -> set[tuple[str, str, str]]:
    """What is listed, over all pages of two."""
    found, cursor = set(), None
    while True:
        page = firm.admin.get("list_open_work", person_id=person_id, limit=2, **({"cursor": cursor} if cursor else {})).ok
        found |= {(one["how"], one["kind"], one["number"]) for one in page["items"]}
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_what_a_leaver_owns_or_is_planned_for_is_listed_and_goes_to_the_successor(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    procedure = effective_document(owner, qa, "Cleaning")
    draft = document(owner, "Gowning")
    reported = event(owner)
    planned = qa.post(
        "propose_change",
        reason="Another detergent",
        items=[{"record_id": procedure["id"], "content": {"summary": "With detergent B"}}],
        follow_ups=[{"description": "Tell the night shift", "owner_id": owner.id, "due_on": "2030-01-31"}],
    ).ok["change"]
    assert left_behind(firm, owner.id) == {
        ("owns", "document", procedure["number"]),
        ("owns", "document", draft["record"]["number"]),
        ("owns", "change", draft["change"]["number"]),
        ("owns", "event", reported["number"]),
        ("planned", "change", planned["number"]),
    }
    assert left_behind(firm, firm.operator.id) == set()
    before = left_behind(firm, qa.id)
    firm.admin.post("deactivate_member", person_id=owner.id).refused(422, "successor")
    firm.admin.post("deactivate_member", person_id=owner.id, successor_id=qa.id).ok
    assert left_behind(firm, owner.id) == set()
    assert {one[1:] for one in left_behind(firm, qa.id)} > {one[1:] for one in before}


def test_only_of_members_of_ones_own_organisation(product: Product, firm: Company) -> None:
    other = company(product, "action_owner")
    document(other.action_owner)
    firm.admin.get("list_open_work", person_id=other.action_owner.id).refused(404)
    firm.qa.get("list_open_work", person_id=firm.action_owner.id).refused(403)
