"""A register is its list with all its rows: the same filters give the same rows, in every form, and no cell is a formula."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import zipfile
from typing import Any

import pytest

from shared.domain.reports import registers
from tests.builders import Colleague, Company, as_superuser, company, document, effective_document, investigation, proposed, triaged_event
from tests.builders import event as reported
from tests.functions.capa_plans.builders import implementing
from tests.product import Product

Json = dict[str, Any]
LISTS = {
    "documents": "list_documents",
    "events": "list_events",
    "investigations": "list_investigations",
    "capa_plans": "list_capa_plans",
    "changes": "list_changes",
    "trainings": "list_trainings",
    "members": "list_members",
}


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with a few of everything."""
    made = company(product, "action_owner", "qa", "second_qa", "operator", "inspector")
    made.join("third_qa", "qa")
    made.join("doer", "action_owner")
    owner, qa = made.action_owner, made.qa
    record = effective_document(owner, qa, "Cleaning")
    document(owner, "=HYPERLINK(A1)")
    proposed(owner, record)
    investigation(owner, triaged_event(owner, qa, batch="B-17"))
    reported(owner)
    implementing(made, made.doer)
    owner.post("create_training", title="Rinsing", content={"description": "x", "audience": {"roles": ["operator"]}}).ok
    return made


def sheet(by: Colleague, register: str, form: str = "csv", **body: Any) -> tuple[Json, bytes]:
    """A register: the answer, and its bytes."""
    answer = by.post("export_register", register=register, format=form, **body).ok.body
    content = base64.b64decode(answer["content_base64"], validate=True)
    assert (len(content), hashlib.sha256(content).hexdigest()) == (answer["size"], answer["sha256"])
    return dict(answer), content


def rows(by: Colleague, register: str, **body: Any) -> list[Json]:
    """A register's rows by heading."""
    answer, content = sheet(by, register, **body)
    found = list(csv.DictReader(io.StringIO(content.decode())))
    assert len(found) == answer["rows"]
    return found


def listed(by: Colleague, function: str, **filters: Any) -> list[Json]:
    """All items of a list, page by page."""
    found: list[Json] = []
    cursor: Json = {}
    while True:
        page = by.get(function, limit=2, **filters, **cursor).ok.body
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.clause("Annex 11 §8")
@pytest.mark.parametrize("register", LISTS)
def test_a_register_has_the_rows_of_its_list(firm: Company, register: str) -> None:
    by, found = firm.inspector, rows(firm.inspector, register)
    items = listed(by, LISTS[register])
    assert [one["Id"] for one in found] == [one["id"] for one in items] != []


@pytest.mark.clause("Annex 11 §8")
@pytest.mark.parametrize(
    ("register", "filters"),
    [
        ("documents", {"status": "draft"}),
        ("documents", {"status": "suspended,effective", "type": "sop"}),
        ("documents", {"q": "hyperlink"}),
        ("events", {"status": "reported"}),
        ("events", {"severity": "minor", "place": "Line 1"}),
        ("changes", {"status": "draft"}),
        ("members", {"q": "nobody has this name"}),
        ("capa_plans", {"updated_since": "2099-01-01T00:00:00Z"}),
    ],
)
def test_the_same_filters_give_the_same_rows(firm: Company, register: str, filters: Json) -> None:
    by = firm.qa
    everything = rows(by, register)
    found = rows(by, register, filters=filters)
    assert [one["Id"] for one in found] == [one["id"] for one in listed(by, LISTS[register], **filters)]
    assert len(found) < len(everything)


def test_a_register_says_what_its_list_says(firm: Company) -> None:
    [draft] = [one for one in listed(firm.qa, "list_documents") if one["title"].startswith("=")]
    [row] = [one for one in rows(firm.qa, "documents") if one["Number"] == draft["number"]]
    assert row["Title"] == "'=HYPERLINK(A1)", "no cell is a formula"
    assert (row["Status"], row["Owner"], row["Version"], row["Due on"]) == ("draft", draft["owner"]["name"], "0", "")


def test_a_spreadsheet_holds_texts_and_no_formulas(firm: Company) -> None:
    answer, content = sheet(firm.qa, "documents", "xlsx")
    assert answer["filename"].endswith(".xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
    assert "=HYPERLINK(A1)" in page
    assert "<f>" not in page
    assert page.count("<row ") == answer["rows"] + 1


def test_a_printed_register_says_who_asked_for_it_and_numbers_its_pages(firm: Company) -> None:
    from pypdf import PdfReader

    answer, content = sheet(firm.qa, "events", "pdf", filters={"severity": "minor"})
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert answer["exported_by"]["name"] in text
    assert "Register of events" in text
    assert "severity: minor" in text
    assert "page 1 of 1" in text


def test_the_matrix_has_a_row_for_each_person_and_training(firm: Company) -> None:
    matrix = firm.qa.get("get_training_matrix", limit=100).ok.body
    cells = [(row["person"]["id"], cell["training"]["id"], cell["state"]) for row in matrix["items"] for cell in row["trainings"]]
    found = [(one["Person id"], one["Training id"], one["State"]) for one in rows(firm.qa, "training_matrix")]
    assert found == cells
    assert rows(firm.qa, "training_matrix", on="2020-01-01") == []


@pytest.mark.clause("11.50(b)")
def test_the_register_of_signatures_says_who_signed_what_when_and_whether_it_holds(product: Product, firm: Company) -> None:
    [[count]] = as_superuser(product, "select count(*) from signatures where organisation_id = :o", firm.id, o=firm.id)
    found = rows(firm.inspector, "signatures")
    assert len(found) == count >= 2
    assert {one["Holds"] for one in found} == {"yes"}
    mine = rows(firm.inspector, "signatures", filters={"person_id": firm.qa.id, "meaning": "approved"})
    assert {one["Person id"] for one in mine} == {firm.qa.id}
    assert all(one["Number"] for one in mine)
    assert rows(firm.inspector, "signatures", filters={"to": "2020-01-01"}) == []


def test_what_a_register_does_not_take_is_named(firm: Company) -> None:
    by = firm.qa
    assert by.post("export_register", register="documents", format="csv", filters={"severity": "minor"}).refused(422)["field"] == (
        "filters.severity"
    )
    assert (
        by.post("export_register", register="documents", format="csv", filters={"status": "none"}).refused(422)["field"] == "filters.status"
    )
    by.post("export_register", register="members", format="csv", on="2020-01-01").refused(422, "as of a day")
    by.post("export_register", register="mails", format="csv").refused(422)
    firm.operator.post("export_register", register="documents", format="csv").refused(403)


def test_more_rows_than_one_answer_holds_are_refused_with_what_to_do(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "MOST_AT_ONCE", {"csv": 1, "xlsx": 1, "pdf": 1})
    firm.qa.post("export_register", register="documents", format="csv").refused(409, "start_export")


@pytest.mark.clause("Annex 11 §9")
def test_the_exported_trail_has_the_entries_of_the_list(firm: Company) -> None:
    by = firm.inspector
    entries = listed(by, "list_audit_trail", kind="document")
    answer = by.get("export_audit_trail", kind="document", format="csv").ok.body
    found = list(csv.DictReader(io.StringIO(base64.b64decode(answer["content_base64"]).decode())))
    assert [one["Id"] for one in found] == [str(one["id"]) for one in entries] != []
    assert {one["Person"] for one in found if one["Actor"].startswith("person")} == {
        one["person"]["name"] for one in entries if one["person"]
    }
    assert answer["rows"] == len(found)
    made = json.loads(base64.b64decode(by.get("export_audit_trail", kind="document", format="json").ok["content_base64"]))
    assert made["rows"] == entries
    assert by.get("export_audit_trail", record_id=entries[0]["record_id"], format="pdf").ok["size"] > 1000
