"""The audit trail is sealed by the scheduler and verified through the product's own door."""

from __future__ import annotations

from uuid import UUID

import pytest

from shared.google import seal_bucket
from tests.builders import at_once, company, document
from tests.functions.deliveries import Deliver, deliver, entered, slot
from tests.product import Product
from tests.product import own_product as product
from tests.storage import Storage

__all__ = ["deliver", "product"]


@pytest.mark.clause("11.10(c)")
def test_a_minutes_slot_delivered_ten_times_seals_once(product: Product, storage: Storage, deliver: Deliver) -> None:
    firm = company(product, "action_owner", "qa")
    document(firm.action_owner)
    moment = slot(100)
    answers = at_once(product, *[lambda own: deliver("seal_audit_trail", moment, own=own)] * 10)
    assert {answer.status for answer in answers} <= {200, 503}
    assert deliver("seal_audit_trail", slot(101)).ok["sealed"] == 0
    assert seal_bucket.numbers(UUID(firm.id), 1) == [1]
    verdict = firm.qa.get("verify_audit_trail").ok
    assert (verdict["intact"], verdict["sealed"]["checkpoints"], verdict["sealed"]["intact"]) == (True, 1, True)
    document(firm.action_owner, "Another")
    assert deliver("seal_audit_trail", slot(102)).ok["sealed"] == 1
    assert seal_bucket.numbers(UUID(firm.id), 1) == [1, 2]


def test_one_organisations_contradiction_never_stops_the_others(product: Product, storage: Storage, deliver: Deliver) -> None:
    broken, firm = company(product, "qa"), company(product, "action_owner", "qa")
    deliver("seal_audit_trail", slot(110)).ok
    connection = product.superuser()
    connection.run("set session_replication_role = replica")
    connection.run(
        "delete from audit_links where (chain, lane, sequence) in"
        " (select chain, lane, max(sequence) from audit_links where chain = :id group by chain, lane)",
        id=broken.id,
    )
    connection.close()
    document(firm.action_owner)
    counts = deliver("seal_audit_trail", slot(111)).ok.body
    assert (counts["sealed"], counts["contradicted"], counts.get("failed", 0)) == (1, 1, 0)
    verdict = broken.qa.get("verify_audit_trail").ok
    assert (verdict["intact"], verdict["sealed"]["intact"]) == (False, False)
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def test_an_organisation_whose_trail_didnt_move_isnt_entered(product: Product, storage: Storage, deliver: Deliver) -> None:
    company(product)  # of the first of all a job always says what it did
    firm = company(product, "action_owner")
    deliver("seal_audit_trail", slot(50)).ok
    with entered() as found:
        assert deliver("seal_audit_trail", slot(51)).ok["sealed"] == 0
    assert firm.id not in found
    firm.action_owner.post("update_me", name="Another name").ok  # in the member's own chain
    with entered() as found:
        deliver("seal_audit_trail", slot(52)).ok
    assert firm.id in found
