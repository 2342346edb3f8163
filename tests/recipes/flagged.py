"""What must hold once the recipe for a step is carried out: run by test_recipes in the copy that has it, and collected nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Company, approve, as_superuser, company, effective_document, proposed, submitted, uploaded
from tests.product import Product
from tests.storage import Storage


@pytest.fixture
def firm(product: Product, storage: Storage) -> Company:
    """A company with two QA, an author and a reader."""
    return company(product, "action_owner", "qa", "second_qa", "operator", "inspector")


def flagged(firm: Company, title: str = "Cleaning of vessels", **more: Any) -> dict[str, Any]:
    """A document in force that QA flagged."""
    record = effective_document(firm.action_owner, firm.qa, title, **more)
    found = firm.qa.get("get_document", id=record["id"]).ok.body
    return dict(firm.qa.post("flag_document", id=record["id"], reason="A complaint names it", etag=found["etag"]).ok["document"])


def versions(product: Product, firm: Company, record_id: str) -> list[tuple[int, str]]:
    """Each version with its status, as the database has them."""
    rows = as_superuser(product, "select version, status from versions where record_id = :id order by version", firm.id, id=record_id)
    return [(row[0], row[1]) for row in rows]


def test_a_flagged_document_is_shown_as_one_that_is_in_force(firm: Company) -> None:
    record = flagged(firm, "Flagging vessels", file_id=uploaded(firm.action_owner))
    assert record["status"] == "flagged"
    for reader in (firm.operator, firm.inspector, firm.action_owner):
        assert reader.get("get_document", id=record["id"]).ok["status"] == "flagged"
    assert [one["id"] for one in firm.operator.get("list_documents", status="flagged").ok["items"]] == [record["id"]]
    assert record["id"] in [one["id"] for one in firm.operator.get("list_documents").ok["items"]]
    assert [one["id"] for one in firm.operator.get("search_records", q="Flagging", status="flagged").ok["items"]] == [record["id"]]
    assert firm.operator.get("download_file", file_id=record["content"]["file_id"]).ok["url"]
    export = firm.action_owner.get("export_record", id=record["id"], format="json").ok
    assert (export["record"]["in_force"], [one["in_force"] for one in export["versions"]]) == (True, [True])


def test_never_are_two_versions_in_force(product: Product, firm: Company) -> None:
    record = flagged(firm)
    change = proposed(firm.action_owner, record)
    approve(firm.second_qa, submitted(firm.action_owner, change)["approval_request"]).ok
    assert versions(product, firm, record["id"]) == [(1, "superseded"), (2, "effective")]
    export = firm.action_owner.get("export_record", id=record["id"], format="json").ok
    assert [(one["version"], one["in_force"]) for one in export["versions"]] == [(2, True), (1, False)]


def test_the_database_refuses_two_versions_in_force(product: Product, firm: Company) -> None:
    record = flagged(firm)
    with pytest.raises(Exception, match="versions_in_force"):
        as_superuser(
            product,
            'insert into versions select (jsonb_populate_record(v, \'{"version": 9, "status": "effective"}\')).* from versions v'
            " where v.record_id = :id",
            firm.id,
            id=record["id"],
        )


def test_a_flagged_document_is_cleared_or_retired_by_whoever_may(firm: Company) -> None:
    record = flagged(firm)
    firm.action_owner.post("clear_document", id=record["id"], etag=record["etag"]).refused(403, "needs QA")
    cleared = firm.qa.post("clear_document", id=record["id"], etag=record["etag"]).ok["document"]
    assert cleared["status"] == "effective"
    firm.qa.post("clear_document", id=record["id"], etag=cleared["etag"]).refused(409, "must be flagged")
    again = firm.qa.post("flag_document", id=record["id"], reason="Again", etag=cleared["etag"]).ok["document"]
    assert next(step for step in again["open_steps"] if step["step"] == "retire")["open"]
    change = firm.action_owner.post("propose_change", reason="Not needed", items=[{"record_id": record["id"], "step": "retire"}]).ok
    approve(firm.second_qa, submitted(firm.action_owner, change["change"])["approval_request"]).ok
    assert firm.action_owner.get("get_document", id=record["id"]).ok["status"] == "retired"


def test_a_version_that_waits_takes_the_place_of_a_flagged_one(product: Product, firm: Company) -> None:
    record = flagged(firm)
    change = proposed(firm.action_owner, record, effective_on="2035-01-01")
    approve(firm.second_qa, submitted(firm.action_owner, change)["approval_request"]).ok
    assert versions(product, firm, record["id"]) == [(1, "flagged"), (2, "approved")]
    assert firm.operator.get("get_document", id=record["id"]).ok["version"] == 1


def test_the_reason_is_in_the_trail(firm: Company) -> None:
    record = flagged(firm)
    entries = firm.inspector.get("list_audit_trail", record_id=record["id"]).ok["items"]
    assert {one["reason"] for one in entries if one["step"] == "flag_document"} == {"A complaint names it"}
