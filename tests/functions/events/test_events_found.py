"""Events are found by what they are about: batches, serials, UDIs, product, place, supplier, customer; reportable, overdue, when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import Company, as_superuser, company, event, triaged_event
from tests.product import Product

TODAY = datetime.now(UTC).date()


@pytest.fixture
def firm(product: Product) -> Company:
    return company(product, "action_owner", "qa")


def titles(firm: Company, **query: object) -> list[str]:
    return [row["title"] for row in firm.qa.get("list_events", **query).ok["items"]]


def test_an_event_names_several_batches_and_is_found_by_each_however_it_is_written(firm: Company) -> None:
    owner = firm.action_owner
    event(owner, "Several", batches=["LOT-2231", "LOT-2232"], serials=["S-1", "S-2"], udis=["(01)0541"])
    event(owner, "One", batch="LOT-2232", serial="S-2", udi="(01)0541")
    event(owner, "Other", batch="LOT-22")
    assert titles(firm, batch="lot 2232") == ["One", "Several"]
    assert titles(firm, batch="LOT-2231") == ["Several"]
    assert titles(firm, batch="LOT-223") == []
    assert titles(firm, serial="s-2") == ["One", "Several"]
    assert titles(firm, udi="010541") == ["One", "Several"]
    rows = {row["title"]: (row["batch"], row["batches"]) for row in firm.qa.get("list_events").ok["items"]}
    assert rows == {"Several": ("LOT-2231", ["LOT-2231", "LOT-2232"]), "One": ("LOT-2232", ["LOT-2232"]), "Other": ("LOT-22", ["LOT-22"])}


def test_what_is_found_follows_what_is_edited(firm: Company) -> None:
    made = event(firm.action_owner, "Moves", batch="LOT-1")
    content = {"batch": None, "batches": ["LOT-2"]}
    firm.action_owner.post("edit_record", id=made["id"], content=content, etag=made["etag"]).ok
    assert titles(firm, batch="LOT-1") == []
    assert titles(firm, batch="LOT-2") == ["Moves"]


@pytest.mark.parametrize("name", ["product", "place", "supplier", "customer"])
def test_events_are_found_by_the_names_that_they_hold(firm: Company, name: str) -> None:
    event(firm.action_owner, "This", **{name: "Étienne & Co"})
    event(firm.action_owner, "That", **{name: "Etienne"})
    assert titles(firm, **{name: "etienne co"}) == ["This"]
    assert titles(firm, **{name: "ETIENNE"}) == ["That"]


def test_events_are_found_by_what_was_decided_and_when(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    early = triaged_event(owner, qa, title="Early", occurred_at="2026-01-31T22:30:00Z", detected_at="2026-02-01T10:00:00Z")
    event(owner, "Later", occurred_at="2026-02-01T10:00:00Z", detected_at="2026-02-01T10:00:00Z")
    event(owner, "Unknown")
    assert titles(firm, occurred_to="2026-01-31") == ["Early"], "until the day's end in the organisation's time zone, Brussels"
    assert titles(firm, occurred_from="2026-01-31") == ["Later", "Early"]
    assert titles(firm, occurred_from="2026-02-01", occurred_to="2026-02-01") == ["Later"]
    assert titles(firm, reported_from=str(TODAY - timedelta(1))) == ["Unknown", "Later", "Early"]
    assert titles(firm, reported_to=str(TODAY - timedelta(2))) == []
    decided: dict[str, Any] = {
        "severity": "minor",
        "reportable": {"decision": "yes", "rule": "fda_field_alert", "aware_on": "2026-02-02"},
        "reason": "Judged anew",
    }
    qa.sign("reclassify_event", "event", early["id"], "reclassified", id=early["id"], etag=early["etag"], **decided).ok
    assert titles(firm, reportable="yes") == ["Early"]
    assert titles(firm, reportable="no") == []
    as_superuser(firm.product, "update records set due_on = current_date - 2 where id = cast(:id as uuid)", firm.id, id=early["id"])
    assert titles(firm, overdue=True) == ["Early"]
    assert titles(firm, overdue=False) == ["Unknown", "Later"]
    assert firm.qa.get("list_events", reportable="perhaps").refused(422)["field"] == "reportable"


def test_an_event_with_several_batches_affects_product(firm: Company) -> None:
    made = triaged_event(firm.action_owner, firm.qa, batches=["LOT-1"])
    items = [{"record_id": made["id"], "step": "close", "content": {"cause": "Wear"}}]
    change = firm.action_owner.post("propose_change", reason="Done", items=items).ok["change"]
    firm.action_owner.post("submit_change", change_id=change["id"], etag=change["etag"]).refused(409, "affects product")
