"""What must hold once the recipe for a kind is carried out: run by test_recipes in the copy that has it, and collected nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from infra import openapi
from tests.builders import Colleague, Company, approve, as_superuser, company, submitted
from tests.product import Product
from tests.storage import Storage


@pytest.fixture
def firm(product: Product, storage: Storage) -> Company:
    """A company with two QA, an author and a reader."""
    return company(product, "action_owner", "qa", "second_qa", "operator", "inspector")


def supplier(by: Colleague, title: str = "Glassworks") -> dict[str, Any]:
    """A supplier that somebody proposes."""
    return dict(by.post("propose_supplier", title=title, content={"scope": "Vials"}).ok["supplier"])


def qualified(firm: Company, by: Colleague, found: dict[str, Any]) -> dict[str, Any]:
    """The supplier once a change qualified it."""
    asked = by.post("propose_change", reason="Audited", items=[{"record_id": found["id"], "step": "qualify"}]).ok["change"]
    approve(firm.second_qa, submitted(by, asked)["approval_request"]).ok
    return dict(by.get("get_supplier", id=found["id"]).ok.body)


def block(by: Colleague, found: dict[str, Any]) -> Any:
    """What comes of somebody's blocking it."""
    at = {"id": found["id"], "reason": "Broken vials", "etag": found["etag"]}
    return by.sign("block_supplier", "supplier", found["id"], "blocked", **at)


def test_nobody_blocks_what_they_wrote(firm: Company) -> None:
    own = supplier(firm.qa)
    asked = {"subject_kind": "supplier", "subject_id": own["id"], "meaning": "blocked"}
    firm.qa.post("start_signing", **asked).refused(403, "somebody else must decide")
    body = {"id": own["id"], "challenge_id": own["id"], "reason": "Mine", "etag": own["etag"]}
    firm.qa.post("block_supplier", **body).refused(403, "somebody else must decide")
    done = block(firm.second_qa, own).ok
    assert done["supplier"]["status"] == "blocked"
    assert [(one["meaning"], one["valid"]) for one in done["supplier"]["signatures"]] == [("blocked", True)]


def test_nobody_blocks_what_they_edited(firm: Company) -> None:
    found = supplier(firm.action_owner)
    edited = firm.qa.post("edit_record", id=found["id"], content={"scope": "Vials and stoppers"}, etag=found["etag"]).ok["supplier"]
    asked = {"subject_kind": "supplier", "subject_id": found["id"], "meaning": "blocked"}
    firm.qa.post("start_signing", **asked).refused(403, "somebody else must decide")
    assert block(firm.second_qa, edited).ok["supplier"]["status"] == "blocked"


def test_it_is_found_listed_and_numbered_like_every_record(firm: Company) -> None:
    found = supplier(firm.action_owner, "Stoppermakers")
    assert found["number"].startswith("SUP-")
    for by in (firm.qa, firm.inspector):
        assert [one["id"] for one in by.get("list_suppliers", status="proposed").ok["items"]] == [found["id"]]
        assert [one["id"] for one in by.get("search_records", q="Stoppermakers", kind="supplier").ok["items"]] == [found["id"]]
    firm.operator.get("get_supplier", id=found["id"]).refused(403)
    assert firm.operator.get("search_records", kind="supplier").ok["items"] == []
    firm.action_owner.get("list_suppliers", status="effective").refused(422)


def test_never_are_two_versions_in_force(product: Product, firm: Company) -> None:
    found = qualified(firm, firm.action_owner, supplier(firm.action_owner))
    assert (found["status"], found["version"]) == ("qualified", 1)
    blocked = block(firm.qa, found).ok["supplier"]
    again = qualified(firm, firm.action_owner, blocked)
    assert (again["status"], again["version"]) == ("qualified", 2)
    rows = as_superuser(product, "select version, ended_at is null from versions where record_id = :id order by 1", firm.id, id=found["id"])
    assert [(row[0], row[1]) for row in rows] == [(1, False), (2, True)]
    export = firm.action_owner.get("export_record", id=found["id"], format="json").ok
    assert [(one["version"], one["in_force"]) for one in export["versions"]] == [(2, True), (1, False)]


def test_a_blocked_one_is_stamped(firm: Company) -> None:
    blocked = block(firm.qa, supplier(firm.action_owner)).ok["supplier"]
    assert firm.inspector.get("export_record", id=blocked["id"], format="json").ok["record"]["in_force"] is False


def test_policy_and_retention_are_settings_of_the_kind_too(firm: Company) -> None:
    settings = {"approval_policy": {"supplier": {"signatures": 2}}, "retention_years": {"supplier": 15}}
    firm.admin.post("update_organisation", **settings).ok
    change = firm.action_owner.post(
        "propose_change", reason="Audited", items=[{"record_id": supplier(firm.action_owner)["id"], "step": "qualify"}]
    ).ok["change"]
    asked = submitted(firm.action_owner, change)["approval_request"]
    assert asked["required"] == 2
    assert approve(firm.qa, asked).ok["change"]["status"] == "in_approval"


def test_the_database_knows_its_statuses_and_no_others(product: Product, firm: Company) -> None:
    found = supplier(firm.action_owner)
    with pytest.raises(Exception, match="records_status_check"):
        as_superuser(product, "update records set status = 'effective' where id = :id", firm.id, id=found["id"])


def test_its_content_is_published() -> None:
    document = openapi.document()
    assert set(document["components"]["schemas"]["SupplierContent"]["properties"]) == {"scope", "address", "attachments"}
