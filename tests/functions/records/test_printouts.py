"""What an exported PDF says: every version, signature and page, with marks where something changed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.builders import (
    Company,
    document,
    effective_document,
    triaged_event,
)
from tests.functions.records.exported import CYRILLIC, GREEK, POLISH, exported, firm, flat, printed, record

__all__ = ["firm", "record"]


def tight(text: str) -> str:
    """The text without white space: lines break anywhere in a long word."""
    return re.sub(r"\s+", "", text)


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


def test_a_letter_that_the_font_lacks_is_printed_as_its_code_point(firm: Company) -> None:
    made = document(firm.action_owner, "清洗 vessels")
    _, pages = printed(firm.action_owner, made["record"]["id"])
    assert "[U+6E05][U+6D17] vessels" in flat(pages)


def test_what_changed_in_working_content_is_marked_since_the_original_entry(firm: Company) -> None:
    reported = triaged_event(firm.action_owner, firm.qa)
    edited = {"id": reported["id"], "content": {"place": "Line 2"}, "etag": reported["etag"]}
    firm.action_owner.post("edit_record", **edited).ok
    changed = {row["field"]: row for row in exported(firm.inspector, reported["id"])["changed_since_original"]}
    assert (changed["content.place"]["before"], changed["content.place"]["after"]) == ("Line 1", "Line 2")
    text = tight(flat(printed(firm.inspector, reported["id"])[1]))
    assert tight("● changed place: Line 2") in text
    assert tight("place: Line 1 → Line 2") in text, "and the trail says who altered it when"
