"""What QA signs is what QA sees: a diff says of every file how much of it was compared, and the signature covers that."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from typing import Any

import pytest

from shared.domain.kernel import canonical
from shared.domain.records.comparisons import LEFT_OUT, Room
from shared.queries import evidence as queries
from tests import contents, evidence
from tests.builders import Colleague, Company, approve, as_superuser, company, effective_document, submitted, uploaded
from tests.product import Product
from tests.storage import Storage


@pytest.fixture
def firm(product: Product, storage: Storage) -> Company:
    """A company with an author and QA, whose files are kept."""
    assert storage.port
    return company(product, "action_owner", "qa")


def replaced(firm: Company, old: str, new: str, field: str = "file_id", **content: object) -> dict[str, Any]:
    """A change in approval that replaces a file of a document in force; the answer of submit_change."""
    made = effective_document(firm.action_owner, firm.qa, "Cleaning", **{field: old, **content})
    items = [{"record_id": made["id"], "content": {field: new}}]
    change = firm.action_owner.post("propose_change", reason="Dose", items=items).ok["change"]
    return {"document": made, **submitted(firm.action_owner, change)}


def difference(by: Colleague, change_id: str, field: str = "content.file_id") -> dict[str, Any]:
    """How a file field of a change's only item differs."""
    (item,) = by.get("get_change", id=change_id).ok["items"]
    return next(one for one in item["diff"] if one["field"] == field)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.clause("11.70")
def test_a_dose_that_changed_on_page_55_shows_with_its_page(firm: Company) -> None:
    old, new = (uploaded(firm.action_owner, evidence.procedure(60, dose)) for dose in ("10 mg", "100 mg"))
    found = difference(firm.qa, replaced(firm, old, new)["change"]["id"])
    assert [line for line in found["lines"] if re.match("@@|[-+](?![-+])", line)] == [
        "@@ -2473,7 +2473,7 @@ page 55",
        "-Give 10 mg",
        "+Give 100 mg",
    ]
    assert found["compared"]["state"] == "whole"
    assert found["compared"]["in_words"] == "The whole text was compared (60 pages before, 60 pages now)."
    assert (found["compared"]["after"]["read"], found["compared"]["after"]["of"], found["compared"]["after"]["unit"]) == (60, 60, "pages")


def test_a_diff_after_the_approval_still_shows_what_was_there_before(firm: Company) -> None:
    old, new = (uploaded(firm.action_owner, evidence.procedure(2, dose, on=1)) for dose in ("10 mg", "100 mg"))
    asked = replaced(firm, old, new)
    approve(firm.qa, asked["approval_request"]).ok
    assert "-Give 10 mg" in difference(firm.qa, asked["change"]["id"])["lines"]


@pytest.mark.parametrize(
    ("filename", "media_type", "old", "new", "why"),
    [
        ("scan.pdf", "application/pdf", evidence.scan(1, 2), evidence.scan(1, 3), "a scan: its pages hold pictures and no text"),
        ("label.png", "image/png", evidence.png(1), evidence.png(2), "a picture"),
    ],
)
def test_a_replaced_picture_or_scan_shows_as_replaced_with_both_hashes(
    firm: Company, filename: str, media_type: str, old: bytes, new: bytes, why: str
) -> None:
    before, after = (uploaded(firm.action_owner, content, filename, media_type) for content in (old, new))
    found = difference(firm.qa, replaced(firm, before, after)["change"]["id"])
    assert found["lines"] == []
    assert found["compared"]["state"] == "not_compared"
    said = f"Replaced, but can't be compared: {why}. SHA-256 {sha256(old)} before, {sha256(new)} now."
    assert found["compared"]["in_words"] == said
    assert (found["compared"]["before"]["sha256"], found["compared"]["after"]["filename"]) == (sha256(old), filename)


def test_a_workbook_shows_cells_dates_and_formulas_as_its_reader_sees_them(firm: Company) -> None:
    row = '<row r="2"><c r="A2" t="s"><v>{}</v></c><c r="B2" s="1"><v>{}</v></c><c r="C2"><f>{}</f><v>7</v></c></row>'
    old, new = (
        uploaded(
            firm.action_owner,
            evidence.workbook(row.format(*cells), strings=("Tank", "Vessel"), styles=(0, 14)),
            "results.xlsx",
            contents.XLSX,
        )
        for cells in ((0, 46100, "SUM(D1:D9)"), (1, 46101, "SUM(D1:D8)"))
    )
    found = difference(firm.qa, replaced(firm, old, new)["change"]["id"])
    assert found["lines"][2:] == [
        "@@ -1,4 +1,4 @@ sheet 1",
        " [sheet Results]",
        "-A2: Tank",
        "-B2: 2026-03-19",
        "-C2: 7 (=SUM(D1:D9))",
        "+A2: Vessel",
        "+B2: 2026-03-20",
        "+C2: 7 (=SUM(D1:D8))",
    ]


def test_a_rendition_that_was_replaced_without_its_source_is_said(firm: Company) -> None:
    old, new = (uploaded(firm.action_owner, contents.pdf(text)) for text in ("Give 10 mg", "Give 100 mg"))
    source = uploaded(firm.action_owner, contents.docx("Give 10 mg"), "procedure.docx", contents.DOCX)
    asked = replaced(firm, old, new, source_file_id=source)
    said = "The editable source (procedure.docx) wasn't replaced with it: it is the same as before."
    assert said in difference(firm.qa, asked["change"]["id"])["compared"]["in_words"]
    assert said in asked["change"]["rounds"][-1]["frozen"]["items"][0]["compared"][0]["in_words"]


def test_the_same_text_in_another_file_is_no_missing_diff(firm: Company) -> None:
    content = contents.pdf("Give 10 mg")
    old, new = uploaded(firm.action_owner, content), uploaded(firm.action_owner, content + b"%\n")
    found = difference(firm.qa, replaced(firm, old, new)["change"]["id"])
    assert (found["lines"], found["compared"]["state"]) == ([], "whole")
    assert "was compared and is the same" in found["compared"]["in_words"]


@pytest.mark.clause("11.70")
def test_the_signature_covers_the_statement_of_what_was_compared(product: Product, firm: Company) -> None:
    old, new = (uploaded(firm.action_owner, evidence.scan(shade)) for shade in (1, 2))
    asked = replaced(firm, old, new)
    request = firm.qa.get("get_approval_request", id=asked["approval_request"]["id"]).ok.body
    (item,) = request["change"]["items"]
    (stated,) = item["compared"]
    assert stated == {"field": "content.file_id", **difference(firm.qa, asked["change"]["id"])["compared"]}
    frozen = asked["change"]["rounds"][-1]["frozen"]
    assert frozen["items"][0]["compared"] == [stated]
    assert canonical.sha256(frozen) == request["content_sha256"]
    signed = approve(firm.qa, request).ok
    assert signed["signature"]["content_sha256"] == request["content_sha256"]
    assert signed["signature"]["valid"] is True
    other = json.dumps({**stated, "state": "whole"})
    as_superuser(
        product,
        "update rounds set frozen = jsonb_set(frozen, '{items,0,compared,0}', cast(:other as jsonb)) where change_id = :id",
        firm.id,
        other=other,
        id=asked["change"]["id"],
    )
    (signature,) = firm.qa.get("get_change", id=asked["change"]["id"]).ok["signatures"]
    assert signature["valid"] is False


@pytest.mark.clause("11.70")
def test_a_round_submitted_before_there_were_statements_is_approved_and_its_signature_holds(firm: Company, triggerless: Any) -> None:
    old, new = (uploaded(firm.action_owner, contents.pdf(text)) for text in ("Give 10 mg", "Give 100 mg"))
    asked = replaced(firm, old, new)
    frozen = asked["change"]["rounds"][-1]["frozen"]
    for item in frozen["items"]:
        del item["compared"]
    values = {"frozen": json.dumps(frozen), "hash": canonical.sha256(frozen), "id": asked["change"]["id"]}
    triggerless.run("update rounds set frozen = cast(:frozen as jsonb), content_sha256 = :hash where change_id = :id", **values)
    triggerless.run("update approval_requests set content_sha256 = :hash where change_id = :id", hash=values["hash"], id=values["id"])
    triggerless.run("update file_texts set extent = null where file_id = :old", old=old)
    request = firm.qa.get("get_approval_request", id=asked["approval_request"]["id"]).ok.body
    assert request["change"]["items"][0]["compared"] == []
    live = difference(firm.qa, asked["change"]["id"])
    assert live["compared"]["state"] == "in_part"
    assert "how much of it was read wasn't recorded" in live["compared"]["in_words"]
    assert "-Give 10 mg" in live["lines"]
    assert approve(firm.qa, request).ok["signature"]["valid"] is True


def test_history_comparison_export_and_printout_say_what_was_compared(firm: Company) -> None:
    old, new = (uploaded(firm.action_owner, evidence.scan(shade)) for shade in (1, 2))
    asked = replaced(firm, old, new)
    approve(firm.qa, asked["approval_request"]).ok
    record_id = asked["document"]["id"]
    said = difference(firm.qa, asked["change"]["id"])["compared"]["in_words"]
    compared = firm.qa.get("compare_versions", id=record_id, **{"from": 1}, to=2).ok["diff"]
    assert [one["compared"]["in_words"] for one in compared if "compared" in one] == [said]
    history = firm.qa.get("get_record_history", id=record_id).ok["versions"][0]["diff"]
    assert [one["compared"]["in_words"] for one in history if "compared" in one] == [said]
    export = firm.qa.get("export_record", id=record_id, format="json").ok["versions"][0]["diff"]
    assert [one["compared"]["in_words"] for one in export if "compared" in one] == [said]
    assert tight(said) in tight(printed(firm.qa, record_id, "Version 2"))
    rows = csv.reader(base64.b64decode(firm.qa.get("export_record", id=record_id, format="csv").ok["content_base64"]).decode().splitlines())
    assert [said in row[3] for row in rows if row[:3] == ["versions", "1", "diff"]] == [True]


def tight(text: str) -> str:
    """The text without white space: lines break anywhere in a long word."""
    return "".join(text.split())


def printed(by: Colleague, record_id: str, section: str) -> str:
    """The text of the pages of a printout on which a section stands."""
    from pypdf import PdfReader

    content = base64.b64decode(by.get("export_record", id=record_id, format="pdf").ok["content_base64"])
    return " ".join(text for page in PdfReader(io.BytesIO(content)).pages if section in (text := page.extract_text()))


def test_a_history_with_more_text_than_one_answer_compares_says_which_lines_it_leaves_out(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (uploaded(firm.action_owner, evidence.procedure(2, dose, on=1)) for dose in ("10 mg", "100 mg"))
    asked = replaced(firm, old, new)
    approve(firm.qa, asked["approval_request"]).ok
    monkeypatch.setattr(queries, "ROOM", Room(3_000, 1_000))
    newest, first = firm.qa.get("get_record_history", id=asked["document"]["id"]).ok["versions"]
    (found,) = [one for one in newest["diff"] if "compared" in one]
    assert (found["lines"], found["left_out"], found["compared"]["state"]) == ([], LEFT_OUT, "whole")
    assert [one["left_out"] for one in first["diff"] if "compared" in one] == [LEFT_OUT]
    monkeypatch.undo()
    shown = firm.qa.get("get_record_history", id=asked["document"]["id"]).ok["versions"][0]["diff"]
    assert ["-Give 10 mg" in one["lines"] for one in shown if "compared" in one] == [True]


def test_the_answer_of_a_step_leaves_long_files_to_get_change_and_says_so(firm: Company) -> None:
    old, new = (uploaded(firm.action_owner, evidence.procedure(300, dose)) for dose in ("10 mg", "100 mg"))
    asked = replaced(firm, old, new)
    (item,) = asked["change"]["items"]
    (found,) = item["diff"]
    assert (found["lines"], found["left_out"]) == ([], "The answer of a step compares short files alone; get_change compares these.")
    assert found["compared"]["state"] == "whole"
    shown = difference(firm.qa, asked["change"]["id"])
    assert (shown["left_out"], len(shown["lines"])) == (None, 11)


@pytest.mark.clause("11.70")
def test_whoever_begins_to_sign_is_shown_what_was_compared(firm: Company) -> None:
    before, after = (uploaded(firm.action_owner, evidence.png(number), "label.png", "image/png") for number in (1, 2))
    request = replaced(firm, before, after)["approval_request"]
    begun = firm.qa.post("start_signing", subject_kind="approval_request", subject_id=request["id"], meaning="approved").ok
    [said] = begun["signs"][0]["compared"]
    assert (said["field"], said["state"]) == ("content.file_id", "not_compared")
    assert "can't be compared: a picture" in said["in_words"]
