"""What an export holds: all of a record, for people as PDF and for machines as JSON, with counts that reconcile."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.domain.kernel import canonical
from shared.domain.records.kinds import KINDS
from tests.builders import (
    Colleague,
    Company,
    approve,
    as_superuser,
    company,
    document,
    effective_document,
    investigation,
    proposed,
    reject,
    submitted,
    triaged_event,
    uploaded,
)
from tests.contents import pdf
from tests.product import Product
from tests.storage import Storage

POLISH, GREEK, CYRILLIC = "Zażółć gęślą jaźń", "Καθαρισμός", "Очистка"


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with an author, two QA, an operator and an inspector."""
    return company(product, "action_owner", "qa", "second_qa", "operator", "inspector")


def exported(by: Colleague, record_id: str) -> dict[str, Any]:
    """The export for machines."""
    return dict(by.get("export_record", id=record_id, format="json").ok.body)


def printed(by: Colleague, record_id: str) -> tuple[dict[str, Any], list[str]]:
    """The export for people: the answer, and the text of each page."""
    from pypdf import PdfReader

    answer = by.get("export_record", id=record_id, format="pdf").ok.body
    content = base64.b64decode(answer["content_base64"], validate=True)
    assert len(content) == answer["size"]
    assert hashlib.sha256(content).hexdigest() == answer["sha256"]
    return dict(answer), [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def flat(pages: list[str]) -> str:
    """All that is printed, as one line."""
    return re.sub(r"\s+", " ", " ".join(pages))


def tight(text: str) -> str:
    """The text without white space: lines break anywhere in a long word."""
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def record(product: Product, firm: Company, storage_server: Storage) -> dict[str, Any]:
    """A procedure with three versions (one rejected on its way), files in three languages' letters, notes, and a change that waits."""
    owner, qa = firm.action_owner, firm.qa
    with pytest.MonkeyPatch.context() as patch:
        from shared.outside import config

        for name, value in storage_server.environment().items():
            patch.setenv(name, value)
        config.current.cache_clear()
        first, second = uploaded(owner, pdf("Rinse twice")), uploaded(owner, pdf("Rinse thrice"), "second.pdf")
        made = effective_document(owner, qa, f"{POLISH} {GREEK}", file_id=first, summary=f"{CYRILLIC} & <b>not bold</b>")
        change = proposed(owner, made)
        item = {"record_id": made["id"], "content": {"summary": "Rinse thrice, then dry", "file_id": second}}
        change = owner.post("edit_change", change_id=change["id"], items=[item], etag=change["etag"]).ok["change"]
        refused = reject(qa, submitted(owner, change)["approval_request"], "Say how long").ok["change"]
        approve(firm.second_qa, submitted(owner, refused)["approval_request"]).ok
        again = owner.get("get_document", id=made["id"]).ok.body
        change = owner.post("propose_change", reason="Shorter", items=[{"record_id": made["id"], "content": {"summary": "Rinse"}}]).ok[
            "change"
        ]
        approve(qa, submitted(owner, change)["approval_request"]).ok
        etag = owner.get("get_document", id=made["id"]).ok["etag"]
        evidence = uploaded(owner, pdf("Evidence"), "evidence.pdf")
        owner.post("add_note", id=made["id"], text=f"Seen by {GREEK}", file_ids=[evidence], etag=etag).ok
        proposed(owner, again)
    config.current.cache_clear()
    return dict(owner.get("get_document", id=made["id"]).ok.body)


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


@pytest.mark.clause("11.10(b)")
@pytest.mark.clause("Annex 11 §8")
def test_a_printout_says_every_version_in_full_and_marks_what_changed(firm: Company, record: dict[str, Any]) -> None:
    _, pages = printed(firm.inspector, record["id"])
    text = tight(flat(pages))
    for words in (POLISH, GREEK, f"{CYRILLIC} & <b>not bold</b>", "Rinse thrice, then dry", "Made by: CHG-", "Shorter", f"Seen by {GREEK}"):
        assert tight(words) in text, words
    for number in (1, 2, 3):
        assert f"Version{number}–" in text
    second = tight(flat([page for page in pages if "Version 2 –" in page]))
    assert tight("● changed summary") in second
    assert tight(f"before: {CYRILLIC}") in second
    assert tight("after: Rinse thrice, then dry") in second
    assert tight("-Rinse twice") in second, "of a file the lines that changed"
    front = tight(flat(pages[:2]))
    assert tight("Changed since the original entry") in front
    assert tight("● changed summary") in front
    entries = [row["id"] for row in exported(firm.inspector, record["id"])["trail"]]
    trail = flat(pages)
    assert all(f"{entry} · " in trail for entry in entries), "every entry is printed"


@pytest.mark.clause("11.50")
@pytest.mark.clause("Annex 11 §14")
def test_a_printout_shows_each_signature_with_name_meaning_reason_and_both_times(firm: Company, record: dict[str, Any]) -> None:
    _, pages = printed(firm.qa, record["id"])
    text = tight(flat(pages))
    for row in exported(firm.qa, record["id"])["signatures"]:
        line = f"{row['printed_name']} – {row['meaning']}; {row['local_time'].replace('T', ' ')} Europe/Brussels = "
        line += f"{row['signed_at'][:10]} {row['signed_at'][11:19]} UTC"
        assert tight(line) in text
    assert tight("reason: Say how long; the signature holds") in text


def test_each_page_names_the_record_its_own_number_and_who_exported_it_when(firm: Company, record: dict[str, Any]) -> None:
    answer, pages = printed(firm.inspector, record["id"])
    name = answer["exported_by"]["name"]
    for number, page in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in page
        assert record["number"] in page
        assert f"exported by {name}, {answer['exported_at'][:10]}" in flat([page])
    assert answer["filename"] == f"{record['number']}-{answer['exported_at'][:10]}.pdf"


@pytest.mark.clause("ISO 13485 4.2.4")
def test_an_obsolete_version_is_stamped_on_each_of_its_pages(firm: Company, record: dict[str, Any]) -> None:
    _, pages = printed(firm.qa, record["id"])
    old = [page for page in pages if "Version 1 –" in page or "Version 2 –" in page]
    assert len(old) == 2
    assert all(page.count("SUPERSEDED") >= 2 for page in old)
    [new] = [page for page in pages if "Version 3 –" in page]
    assert "SUPERSEDED" not in new
    assert "This version is in force." in flat([new])
    assert [row["in_force"] for row in exported(firm.qa, record["id"])["versions"]] == [True, False, False]


@pytest.mark.clause("ISO 13485 4.2.4")
def test_a_draft_a_void_record_and_a_suspended_one_are_stamped(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    made = document(owner, "Never in force")
    answer, pages = printed(owner, made["record"]["id"])
    assert all("DRAFT" in page for page in pages)
    assert answer["counts"]["versions"] == 0
    owner.post("discard_change", change_id=made["change"]["id"], etag=made["change"]["etag"]).ok
    assert all("VOID" in page for page in printed(owner, made["record"]["id"])[1])
    stopped = effective_document(owner, qa, "Stopped")
    qa.sign("suspend_document", "document", stopped["id"], "suspended", id=stopped["id"], reason="Wrong dose", etag=stopped["etag"]).ok
    assert all("SUSPENDED" in page for page in printed(qa, stopped["id"])[1])
    assert exported(qa, stopped["id"])["record"]["in_force"] is False


def test_an_export_carries_its_own_hash(firm: Company, record: dict[str, Any]) -> None:
    export = exported(firm.qa, record["id"])
    assert canonical.sha256({name: value for name, value in export.items() if name != "sha256"}) == export["sha256"]


def test_an_export_names_the_people_records_and_files_that_its_ids_mean(firm: Company, record: dict[str, Any]) -> None:
    names = exported(firm.qa, record["id"])["names"]
    assert names[record["id"]] == record["number"]
    assert names[firm.action_owner.id] == record["owner"]["name"]
    assert names[record["content"]["file_id"]] == "second.pdf"
    assert all(UUID(one) for one in names)


def test_a_letter_that_the_font_lacks_is_printed_as_its_code_point(firm: Company) -> None:
    made = document(firm.action_owner, "清洗 vessels")
    _, pages = printed(firm.action_owner, made["record"]["id"])
    assert "[U+6E05][U+6D17] vessels" in flat(pages)


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


def test_what_changed_in_working_content_is_marked_since_the_original_entry(firm: Company) -> None:
    reported = triaged_event(firm.action_owner, firm.qa)
    edited = {"id": reported["id"], "content": {"place": "Line 2"}, "etag": reported["etag"]}
    firm.action_owner.post("edit_record", **edited).ok
    changed = {row["field"]: row for row in exported(firm.inspector, reported["id"])["changed_since_original"]}
    assert (changed["content.place"]["before"], changed["content.place"]["after"]) == ("Line 1", "Line 2")
    text = tight(flat(printed(firm.inspector, reported["id"])[1]))
    assert tight("● changed place: Line 2") in text
    assert tight("place: Line 1 → Line 2") in text, "and the trail says who altered it when"


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
