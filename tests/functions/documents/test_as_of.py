"""What was in force on a day: the list, one document and the register say the same, in the organisation's time zone."""

from __future__ import annotations

import base64
import csv
import io
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.builders import Company, approve, company, document, effective_document, proposed, submitted
from tests.product import Product

Json = dict[str, Any]


def days_ago(days: int) -> str:
    """A day in the company's time zone."""
    return (datetime.now(ZoneInfo("Europe/Brussels")) - timedelta(days=days)).date().isoformat()


def pass_days(product: Product, firm: Company, days: int) -> None:
    """As if all that happened so far were so many days older."""
    connection = product.superuser()
    connection.run("set session_replication_role = replica")
    back = f"- interval '{days} days'"
    connection.run(f"update audit_entries set at = at {back} where organisation_id = :o", o=firm.id)
    times = ", ".join(f"{name} = {name} {back}" for name in ("created_at", "effective_at", "ended_at"))
    connection.run(f"update versions set {times} where organisation_id = :o", o=firm.id)
    connection.close()


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with one of each role."""
    return company(product, "action_owner", "qa", "operator", "inspector")


@pytest.fixture(scope="module")
def record(product: Product, firm: Company) -> Json:
    """A procedure: its first version came into force 25 days ago, its second 15 days ago, which was suspended 5 days ago."""
    owner, qa = firm.action_owner, firm.qa
    made = effective_document(owner, qa, "Cleaning")
    pass_days(product, firm, 10)
    item = {"record_id": made["id"], "title": "Cleaning and drying", "content": {"summary": "Dry it, too"}}
    change = owner.post("propose_change", reason="Dry", items=[item]).ok["change"]
    approve(qa, submitted(owner, change)["approval_request"]).ok
    pass_days(product, firm, 10)
    etag = qa.get("get_document", id=made["id"]).ok["etag"]
    qa.sign("suspend_document", "document", made["id"], "suspended", id=made["id"], reason="Wrong", etag=etag).ok
    pass_days(product, firm, 5)
    return made


@pytest.mark.clause("Annex 11 §8")
@pytest.mark.parametrize(
    ("days", "version", "title"), [(26, None, None), (20, 1, "Cleaning"), (10, 2, "Cleaning and drying"), (3, None, None)]
)
def test_the_list_the_document_and_the_register_say_what_was_in_force(
    firm: Company, record: Json, days: int, version: int | None, title: str | None
) -> None:
    by, on = firm.inspector, days_ago(days)
    listed = [one for one in by.get("list_documents", on=on).ok["items"] if one["id"] == record["id"]]
    answer = by.post("export_register", register="documents", format="csv", on=on).ok.body
    rows = [
        one for one in csv.DictReader(io.StringIO(base64.b64decode(answer["content_base64"]).decode())) if one["Number"] == record["number"]
    ]
    if version is None:
        assert listed == rows == []
        by.get("get_document", id=record["id"], on=on).refused(404, "in force on that day")
        return
    assert [(one["version"], one["title"], one["status"]) for one in listed] == [(version, title, "effective")]
    assert [(one["Version"], one["Title"], one["Status"]) for one in rows] == [(str(version), title, "effective")]
    shown = by.get("get_document", id=record["id"], on=on).ok.body
    assert (shown["version"], shown["title"], shown["status"], shown["open_steps"]) == (version, title, "effective", [])
    assert {one["version"] for one in shown["signatures"] if one["version"]} <= {version}
    assert "approved" in {one["meaning"] for one in shown["signatures"]}


def test_a_version_of_before_is_shown_with_its_content(firm: Company, record: Json) -> None:
    first = firm.inspector.get("get_document", id=record["id"], version=1).ok.body
    assert (first["version"], first["title"], first["status"]) == (1, "Cleaning", "superseded")
    assert first["content"].get("summary") != "Dry it, too"
    assert firm.inspector.get("get_document", id=record["id"], version=2).ok["content"]["summary"] == "Dry it, too"
    firm.inspector.get("get_document", id=record["id"], version=3).refused(404)


def test_what_is_in_force_today_is_what_the_list_shows(product: Product, firm: Company, record: Json) -> None:
    today = effective_document(firm.action_owner, firm.qa, "Weighing")
    document(firm.action_owner, "Never approved")
    approve(firm.qa, submitted(firm.action_owner, proposed(firm.action_owner, today, effective_on="2035-01-01"))["approval_request"]).ok
    listed = firm.inspector.get("list_documents", on=days_ago(0)).ok["items"]
    assert [(one["id"], one["version"]) for one in listed] == [(today["id"], 1)]
    assert [one["id"] for one in firm.inspector.get("list_documents", on=days_ago(0), status="effective", type="sop").ok["items"]] == [
        today["id"]
    ]
    assert firm.inspector.get("list_documents", on=days_ago(10), q="weighing").ok["items"] == []


def test_a_day_that_has_not_come_is_refused_and_readers_see_the_present(firm: Company, record: Json) -> None:
    assert firm.qa.get("list_documents", on=days_ago(-2)).refused(422, "isn't certain")["field"] == "on"
    assert firm.qa.get("get_document", id=record["id"], on=days_ago(3), version=1).refused(422)["field"] == "on"
    firm.operator.get("list_documents", on=days_ago(10)).refused(403)
    firm.operator.get("get_document", id=record["id"], version=1).refused(403)
