"""What must hold once the recipe for a field is carried out: run by test_recipes in the copy that has it, and collected nowhere else."""

from __future__ import annotations

from infra import openapi
from tests.builders import company
from tests.product import Product
from tests.storage import Storage


def test_a_new_field_is_taken_refused_shown_and_exported(product: Product, storage: Storage) -> None:
    firm = company(product, "action_owner", "qa", "inspector")
    content = {"description": "Warm", "temperature": "12 °C"}
    found = firm.action_owner.post("report_event", title="Cold store", type="deviation", content=content).ok["event"]
    assert found["content"]["temperature"] == "12 °C"
    edited = firm.action_owner.post("edit_record", id=found["id"], content={"temperature": "9 °C"}, etag=found["etag"]).ok["event"]
    assert edited["content"]["temperature"] == "9 °C"
    export = firm.inspector.get("export_record", id=found["id"], format="json").ok
    assert [(one["field"], one["before"], one["after"]) for one in export["changed_since_original"]] == [
        ("content.temperature", "12 °C", "9 °C")
    ]
    long = firm.action_owner.post("edit_record", id=found["id"], content={"temperature": "x" * 5000}, etag=edited["etag"]).refused(422)
    assert long["field"] == "content.temperature"


def test_it_is_published() -> None:
    assert "temperature" in openapi.document()["components"]["schemas"]["EventContent"]["properties"]
