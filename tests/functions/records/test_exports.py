"""What an export holds: all of a record, for people as PDF and for machines as JSON, with counts that reconcile."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.domain.kernel import canonical
from shared.domain.records.kinds import KINDS
from tests.builders import (
    Company,
    approve,
    as_superuser,
    company,
    document,
    effective_document,
    investigation,
    submitted,
    triaged_event,
)
from tests.contents import pdf
from tests.functions.records.exported import GREEK, exported, firm, flat, printed, record
from tests.product import Product

__all__ = ["firm", "record"]


@pytest.mark.clause("11.10(b)")
def test_a_sheet_says_what_the_json_says_and_no_cell_is_a_formula(firm: Company) -> None:
    made = document(firm.action_owner, "=HYPERLINK(A1)")["record"]
    firm.action_owner.post("add_note", id=made["id"], text="@SUM(1)", etag=made["etag"]).ok
    export, answer = exported(firm.qa, made["id"]), firm.qa.get("export_record", id=made["id"], format="csv").ok.body
    content = base64.b64decode(answer["content_base64"], validate=True)
    assert (len(content), hashlib.sha256(content).hexdigest()) == (answer["size"], answer["sha256"])
    assert answer["counts"] == export["counts"]
    rows = list(csv.reader(io.StringIO(content.decode())))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert ["record", "1", "title", "'=HYPERLINK(A1)"] in rows
    assert ["notes", "1", "text", "'@SUM(1)"] in rows
    assert {row[0] for row in rows if row[1] == "1"} >= {name for name, count in export["counts"].items() if count}
    for entry, one in enumerate(export["trail"], start=1):
        assert ["trail", str(entry), "step", one["step"]] in rows


@pytest.mark.clause("11.10(b)")
def test_an_export_for_machines_holds_every_version_signature_attachment_note_and_entry(firm: Company, record: dict[str, Any]) -> None:
    export = exported(firm.qa, record["id"])
    history = firm.qa.get("get_record_history", id=record["id"]).ok.body
    assert [row["version"] for row in export["versions"]] == [3, 2, 1]
    assert [{**row, "in_force": None} for row in export["versions"]] == [{**row, "in_force": None} for row in history["versions"]]
    assert sorted(row["id"] for row in export["signatures"]) == sorted(row["id"] for row in history["signatures"])
    assert [row["meaning"] for row in export["signatures"]] == ["approved", "rejected", "approved", "approved"]
    assert all(row["valid"] for row in export["signatures"])
    files = {row["filename"]: row for row in export["attachments"]}
    assert {name: row["versions"] for name, row in files.items()} == {"procedure.pdf": [1], "second.pdf": [2, 3], "evidence.pdf": []}
    assert files["second.pdf"]["sha256"] == hashlib.sha256(pdf("Rinse thrice")).hexdigest()
    assert [row["text"] for row in export["notes"]] == [f"Seen by {GREEK}"]
    assert [row["status"] for row in export["changes"]] == ["applied", "applied", "applied", "draft"]
    assert export["exported_by"] == {"id": firm.qa.id, "name": export["names"][firm.qa.id]}
    assert export["exported_by"]["name"] in {row["printed_name"] for row in export["signatures"]}


@pytest.mark.clause("11.10(b)")
@pytest.mark.clause("11.10(e)")
def test_an_export_holds_each_entry_of_the_record_and_of_its_changes(firm: Company, record: dict[str, Any]) -> None:
    export = exported(firm.qa, record["id"])
    ids = [row["id"] for row in export["trail"]]
    assert ids == sorted(set(ids))
    for subject in (record["id"], *(row["id"] for row in export["changes"])):
        cursor, entries = None, []
        while True:
            page = firm.qa.get("list_audit_trail", record_id=subject, limit=100, **({"cursor": cursor} if cursor else {})).ok.body
            entries += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert entries
        assert {entry["id"] for entry in entries} <= set(ids)
    whole = {row["id"]: row for row in export["trail"]}
    assert all({**whole[entry["id"]], "etag": entry["etag"]} == entry for entry in entries)
    tables = {row["table_name"] for row in export["trail"]}
    assert {
        "records",
        "versions",
        "version_files",
        "notes",
        "note_files",
        "changes",
        "change_items",
        "rounds",
        "approval_requests",
        "signatures",
        "files",
    } <= tables


@pytest.mark.clause("11.10(b)")
def test_counts_reconcile_between_database_json_and_pdf(product: Product, firm: Company, record: dict[str, Any]) -> None:
    export = exported(firm.qa, record["id"])
    counts = export["counts"]
    assert counts == {name: len(export[name]) for name in counts}
    assert (counts["versions"], counts["signatures"], counts["attachments"], counts["notes"], counts["changes"]) == (3, 4, 3, 1, 4)
    [[versions]] = as_superuser(product, "select count(*) from versions where record_id = :id", firm.id, id=record["id"])
    assert counts["versions"] == versions
    answer, pages = printed(firm.qa, record["id"])
    assert answer["counts"] == counts
    text = flat(pages)
    for name, count in counts.items():
        assert f"{name}: {count}" in text
    for name in ("Signatures", "Attachments", "Notes", "Audit trail"):
        assert f"{name} ({counts[name.lower() if name != 'Audit trail' else 'trail']})" in text


def test_an_export_carries_its_own_hash(firm: Company, record: dict[str, Any]) -> None:
    export = exported(firm.qa, record["id"])
    assert canonical.sha256({name: value for name, value in export.items() if name != "sha256"}) == export["sha256"]


def test_an_export_names_the_people_records_and_files_that_its_ids_mean(firm: Company, record: dict[str, Any]) -> None:
    names = exported(firm.qa, record["id"])["names"]
    assert names[record["id"]] == record["number"]
    assert names[firm.action_owner.id] == record["owner"]["name"]
    assert names[record["content"]["file_id"]] == "second.pdf"
    assert all(UUID(one) for one in names)


@pytest.mark.clause("11.10(b)")
def test_an_export_that_would_not_be_whole_is_refused(product: Product, firm: Company) -> None:
    """A signature that never came through the product has no entry in the trail."""
    made = effective_document(firm.action_owner, firm.qa, "Tampered")
    connection = product.superuser()
    try:
        connection.run("alter table notes disable trigger audit_row")
        connection.run(
            "insert into notes (organisation_id, id, record_id, text, author_id) values (:o, :i, :r, 'Slipped in', :p)",
            o=firm.id,
            i=str(uuid4()),
            r=made["id"],
            p=firm.qa.id,
        )
        connection.run("alter table notes enable trigger audit_row")
    finally:
        connection.close()
    for form in ("json", "csv", "pdf"):
        firm.qa.get("export_record", id=made["id"], format=form).refused(409, "would not be whole", "no entry in the audit trail")


def test_a_trail_too_long_for_one_export_is_refused_with_what_to_do(product: Product, firm: Company) -> None:
    made = effective_document(firm.action_owner, firm.qa, "Busy")
    as_superuser(
        product,
        "insert into notes (organisation_id, id, record_id, text, author_id)"
        " select cast(:o as uuid), gen_random_uuid(), cast(:r as uuid), 'Note ' || n, cast(:p as uuid) from generate_series(1, 2100) n",
        firm.id,
        o=firm.id,
        r=made["id"],
        p=firm.qa.id,
    )
    firm.qa.get("export_record", id=made["id"], format="pdf").refused(409, "one PDF holds 2,000", "export it as JSON")
    assert exported(firm.qa, made["id"])["counts"]["notes"] == 2100


def test_an_export_is_refused_to_who_only_reads_and_of_what_is_not_there(firm: Company, record: dict[str, Any]) -> None:
    firm.operator.get("export_record", id=record["id"], format="json").refused(403, "needs")
    firm.admin.get("export_record", id=record["id"], format="pdf").refused(403)
    firm.qa.get("export_record", id=str(uuid4()), format="json").refused(404, "no such record")
    firm.qa.get("export_record", id=record["id"], format="xlsx").refused(422)
    firm.qa.get("export_record", id=record["id"]).refused(422)


@pytest.mark.clause("11.10(d)")
def test_another_organisations_record_is_not_exported(product: Product, firm: Company, record: dict[str, Any]) -> None:
    other = company(product, "qa")
    for form in ("json", "csv", "pdf"):
        other.qa.get("export_record", id=record["id"], format=form).refused(404)


@pytest.fixture(scope="module")
def every_kind(firm: Company) -> dict[str, dict[str, Any]]:
    """A record of each kind that there is, linked from event to training."""
    owner, qa = firm.action_owner, firm.qa
    reported = triaged_event(owner, qa, "major")
    found = investigation(owner, reported)
    plan = owner.post("create_capa_plan", title="New interval", source_ids=[found["id"]]).ok["capa_plan"]
    training = owner.post("create_training", title="The new interval", content={"description": "Read it"}).ok["record"]
    procedure = effective_document(owner, qa, "Seals")
    return {one["kind"]: one for one in (reported, found, plan, training, procedure)}


@pytest.mark.clause("11.10(b)")
@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize("kind", KINDS)
def test_an_inspector_reads_and_exports_a_record_of_each_kind(firm: Company, every_kind: dict[str, dict[str, Any]], kind: str) -> None:
    inspector, record = firm.inspector, every_kind[kind]
    shown = inspector.get(f"get_{kind}", id=record["id"]).ok
    assert not [step for step in shown["open_steps"] if step["open"]], "an inspector does nothing"
    assert inspector.get("get_record_history", id=record["id"]).ok["record"]["number"] == record["number"]
    assert inspector.get("list_audit_trail", record_id=record["id"]).ok["items"]
    assert record["id"] in {row["id"] for row in inspector.get(f"list_{kind}s").ok["items"]}
    export = exported(inspector, record["id"])
    assert export["record"]["number"] == record["number"]
    assert {"records", "contributors" if kind in ("event", "investigation", "capa_plan") else "changes"} <= {
        row["table_name"] for row in export["trail"]
    }
    answer, pages = printed(inspector, record["id"])
    assert answer["counts"] == export["counts"]
    assert record["number"] in pages[0]
    assert record["title"] in flat(pages)


def test_a_link_that_comes_in_is_exported_with_its_entry(firm: Company, every_kind: dict[str, dict[str, Any]]) -> None:
    export = exported(firm.inspector, every_kind["investigation"]["id"])
    ways = {(row["direction"], row["record"]["kind"]) for row in export["links"]}
    assert len(ways) >= 2
    assert "in" in {direction for direction, _ in ways}
    made = {row["row_key"] for row in export["trail"] if row["table_name"] == "links"}
    assert {row["id"] for row in export["links"]} <= made


def test_a_learner_exports_a_training_once_its_quiz_is_behind_them(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    options = [{"text": "Blue", "correct": True}, {"text": "Red", "correct": False}]
    quiz = {"questions": [{"text": "Which gloves?", "kind": "single", "options": options}]}
    made = owner.post("create_training", title="Gloves", content={"quiz": quiz, "audience": {"person_ids": [qa.id]}}).ok
    approve(firm.second_qa, submitted(owner, made["change"])["approval_request"]).ok
    training = made["record"]["id"]
    for form in ("json", "csv", "pdf"):
        qa.get("export_record", id=training, format=form).refused(409, "right answers")
    export = exported(firm.inspector, training)
    assert export["counts"]["assignments"] == 1
    assert "assignments" in {row["table_name"] for row in export["trail"]}
