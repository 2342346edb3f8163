"""An inspector's visit: each question is answered in at most three calls, with files to take home."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.builders import Colleague, Company, carried_out, company, document, effective_document, investigation, triaged_event
from tests.product import Answer, Product
from tests.storage import Storage

Json = dict[str, Any]


class Visit:
    """The inspector's calls, counted."""

    def __init__(self, by: Colleague) -> None:
        self.by = by
        self.calls = 0

    def get(self, function: str, /, **query: Any) -> Answer:
        """A read, counted."""
        self.calls += 1
        return self.by.get(function, **query).ok

    def post(self, function: str, /, **body: Any) -> Answer:
        """A call with a body, counted."""
        self.calls += 1
        return self.by.post(function, **body).ok


def held(answer: Answer) -> bytes:
    """The file in an answer."""
    return base64.b64decode(answer["content_base64"], validate=True)


def rows(answer: Answer) -> list[Json]:
    """The rows of a CSV in an answer."""
    return list(csv.DictReader(io.StringIO(held(answer).decode())))


@pytest.fixture
def firm(product: Product, storage: Storage) -> Company:
    """A company with an event on a batch, its investigation, and events on other batches."""
    made = company(product, "action_owner", "qa", "operator", "inspector")
    found = triaged_event(made.action_owner, made.qa, batch="B-17", title="Cold store grew warm")
    investigation(made.action_owner, found)
    triaged_event(made.action_owner, made.qa, batch="B-18")
    return made


@pytest.mark.clause("Annex 11 §8")
def test_everything_about_a_batch(firm: Company) -> None:
    visit = Visit(firm.inspector)
    [event] = rows(visit.post("export_register", register="events", format="csv", filters={"batch": "B-17"}))
    trace = visit.get("get_record_history", id=event["Id"])["trail"]["records"]
    assert {one["kind"] for one in trace} >= {"investigation"}
    archive = visit.post("export_records", ids=sorted({event["Id"], *(one["id"] for one in trace)}))
    with zipfile.ZipFile(io.BytesIO(held(archive))) as book:
        manifest = json.loads(book.read("manifest.json"))
        assert {one["kind"] for one in manifest["records"]} == {"event", "investigation"}
        whole = json.loads(book.read(f"{event['Number']}/{event['Number']}.json"))
    assert whole["record"]["content"]["batch"] == "B-17"
    assert {one["step"] for one in whole["trail"]} >= {"report_event", "triage_event", "open_investigation"}
    assert all(one["person"] for one in whole["trail"] if one["actor"].startswith("person:"))
    assert visit.calls <= 3


@pytest.mark.clause("11.10(i)")
def test_everything_about_a_person(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    effective_document(owner, qa, "Cleaning", audience={"roles": ["operator"]})
    [row] = firm.operator.get("list_assignments", mine=True).ok["items"]
    firm.operator.sign("complete_training", "assignment", row["id"], "read and understood", assignment_id=row["id"], etag=row["etag"]).ok
    visit = Visit(firm.inspector)
    [learnt] = rows(visit.get("export_training_file", person_id=firm.operator.id, format="csv"))
    signed = rows(visit.post("export_register", register="signatures", format="csv", filters={"person_id": firm.operator.id}))
    did = rows(visit.get("export_audit_trail", person_id=firm.operator.id, format="csv"))
    assert learnt["Status"] == "completed"
    assert [one["Meaning"] for one in signed] == ["read and understood"]
    assert "complete_training" in {one["Step"] for one in did}
    assert visit.calls <= 3


@pytest.mark.clause("Annex 11 §8")
def test_the_documents_in_force_on_a_day(firm: Company) -> None:
    made = effective_document(firm.action_owner, firm.qa, "Weighing")
    retired = effective_document(firm.action_owner, firm.qa, "Old")
    carried_out(firm.action_owner, firm.qa, retired, "retire").ok
    document(firm.action_owner, "Draft")
    visit = Visit(firm.inspector)
    today = datetime.now(ZoneInfo("Europe/Brussels")).date().isoformat()
    found = rows(visit.post("export_register", register="documents", format="csv", on=today))
    assert [(one["Number"], one["Version"], one["Status"]) for one in found] == [(made["number"], "1", "effective")]
    assert visit.calls <= 3
