"""What of files could be compared: whole, in part, or not at all; "no change" is never the same as "can't be compared"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.documents.documents import KIND
from shared.domain.files.extents import UNREAD, Extent, State, Unit, from_json, measured, not_read
from shared.domain.records import comparisons
from shared.domain.records.comparisons import Evidence, FileText, Room, allot, compare
from shared.domain.records.differences import Difference, changed_files, differences, statements

A, B = "a" * 64, "b" * 64
HASHES = f"SHA-256 {A} before, {B} now."
WHOLE = measured("Give 10 mg\fRinse", Unit.PAGES, read=2)


def file(name: str, sha256: str = A, extent: Extent = WHOLE, text: str | None = None) -> FileText:
    return FileText(name, f"{name}.pdf", "application/pdf", sha256, extent, text)


def words(before: FileText | None, after: FileText | None, **more: Any) -> tuple[str, str]:
    """The state and the words of a comparison."""
    files = {one.id: one for one in (before, after) if one is not None}
    found = compare((before.id if before else None, after.id if after else None), Evidence(files, **more))
    return found.state, found.in_words


OTHER = measured("Give 100 mg\fRinse", Unit.PAGES, read=2)
PART = measured("Give", Unit.PAGES, read=50, of=60, why=["at most 50 pages of a file are read"])
PICTURE, LOCKED = not_read("a picture"), not_read("it opens only with a password")


@pytest.mark.parametrize(
    ("before", "after", "state", "said"),
    [
        (WHOLE, OTHER, State.WHOLE, "The whole text was compared (2 pages before, 2 pages now)."),
        (
            WHOLE,
            WHOLE,
            State.WHOLE,
            f"The whole text was compared and is the same (2 pages before, 2 pages now); the files differ in what isn't text. {HASHES}",
        ),
        (
            replace(WHOLE, by_hash=1),
            replace(OTHER, by_hash=2),
            State.WHOLE,
            "The whole text was compared (2 pages before, 2 pages now). 2 pictures or embedded parts are compared by the hash alone.",
        ),
        (
            WHOLE,
            PART,
            State.IN_PART,
            f"Compared in part. Before: 2 pages. Now: the first 50 of 60 pages, because at most 50 pages of a file are read. {HASHES}",
        ),
        (PICTURE, PICTURE, State.NOT_COMPARED, f"Replaced, but can't be compared: a picture. SHA-256 {A} before, {B} now."),
        (WHOLE, PICTURE, State.NOT_COMPARED, f"Replaced, but can't be compared: now, a picture. SHA-256 {A} before, {B} now."),
        (
            LOCKED,
            PICTURE,
            State.NOT_COMPARED,
            f"Replaced, but can't be compared: before, it opens only with a password; now, a picture. SHA-256 {A} before, {B} now.",
        ),
        (
            UNREAD,
            WHOLE,
            State.NOT_COMPARED,
            f"Replaced, but can't be compared: before, its text was never read. SHA-256 {A} before, {B} now.",
        ),
    ],
)
def test_a_replaced_file_says_what_was_compared(before: Extent, after: Extent, state: str, said: str) -> None:
    assert words(file("old", A, before), file("new", B, after)) == (state, said)


@pytest.mark.parametrize(
    ("extent", "state", "said"),
    [
        (WHOLE, State.WHOLE, "Added; its whole text is shown (2 pages)."),
        (PICTURE, State.NOT_COMPARED, f"Added; its text can't be shown: a picture. new.pdf, SHA-256 {B}."),
        (
            PART,
            State.IN_PART,
            f"Added; its text is shown in part: {PART.words}. new.pdf, SHA-256 {B}.",
        ),
    ],
)
def test_a_file_that_is_added_or_removed_says_how_much_of_it_is_shown(extent: Extent, state: str, said: str) -> None:
    assert words(None, file("new", B, extent)) == (state, said)
    assert words(file("new", B, extent), None) == (state, said.replace("Added", "Removed"))


def test_the_same_bytes_uploaded_again_are_the_same_even_if_nobody_can_read_them() -> None:
    assert words(file("old", A, PICTURE), file("new", A, PICTURE)) == (State.WHOLE, "The file is the same, byte for byte.")


def test_no_change_and_not_comparable_and_no_difference_are_three_things() -> None:
    files = {"old": file("old", A, WHOLE, "same"), "new": file("new", B, WHOLE, "same"), "scan": file("scan", B, PICTURE)}
    (same,), (scan,) = (differences({"file_id": "old"}, {"file_id": now}, Evidence(files)) for now in ("new", "scan"))
    assert same.lines == ()
    assert scan.lines[3:] == ("-same",)
    assert same.compared is not None
    assert scan.compared is not None
    assert (same.compared.state, scan.compared.state) == (State.WHOLE, State.NOT_COMPARED)
    assert differences({"file_id": "old"}, {"file_id": "old"}, Evidence(files)) == []


@pytest.mark.parametrize("field", ["file_id", "source_file_id"])
def test_a_rendition_or_source_that_was_replaced_without_the_other_is_said(field: str) -> None:
    other = {"file_id": "source_file_id", "source_file_id": "file_id"}[field]
    before = {"title": "Cleaning", "content": {"file_id": "old", "source_file_id": "old", other: "kept"}}
    after = {"title": "Cleaning", "content": {**before["content"], field: "new"}}  # type: ignore[dict-item]  # content
    evidence = Evidence({name: file(name, sha) for name, sha in (("old", A), ("new", B), ("kept", A))}, KIND.renditions)
    (found,) = differences(before, after, evidence)
    assert found.compared is not None
    what = "editable source" if field == "file_id" else "rendition that readers see"
    assert found.compared.in_words.endswith(f" The {what} (kept.pdf) wasn't replaced with it: it is the same as before.")
    both = {**after, "content": {"file_id": "new", "source_file_id": "new"}}
    assert not [one for one in differences(before, both, evidence) if one.compared and "wasn't replaced" in one.compared.in_words]
    removed = {**after, "content": {other: "kept"}}
    assert not [one for one in differences(before, removed, evidence) if one.compared and "wasn't replaced" in one.compared.in_words]


def long(name: str, lines: int) -> FileText:
    return file(name, name * 64, Extent(State.WHOLE, unit="characters", read=lines * 10, of=lines * 10, lines=lines, characters=lines * 10))


def test_files_that_together_have_more_lines_than_fit_are_compared_in_part_and_it_is_said() -> None:
    files = {name: long(name, lines) for name, lines in (("a", 30), ("b", 30), ("c", 30), ("d", 50), ("e", 1), ("f", 1))}
    few = allot([("a", "b"), ("c", "d"), ("e", "f")], files, Room(10_000, 100))
    assert few == {("c", "d"): 20, ("e", "f"): 0}
    state, said = words(files["c"], files["d"], allotted=few)
    assert state == State.IN_PART
    assert said.startswith("Compared in part: before the first 20 of 30 lines, now the first 20 of 50 lines, because one comparison holds")
    state, said = words(files["e"], files["f"], allotted=few)
    assert state == State.NOT_COMPARED
    assert said.startswith("Not compared: the files compared here have more text than one comparison holds")


def test_a_file_beyond_the_characters_leaves_room_for_the_next() -> None:
    files = {name: long(name, lines) for name, lines in (("a", 30), ("b", 300), ("c", 3), ("d", 3))}
    assert allot([("a", "b"), ("c", "d")], files, Room(1_000, 10_000)) == {("a", "b"): 0}


def test_lines_are_left_out_with_a_reason_and_the_statement_stays() -> None:
    files = {"old": file("old", A, WHOLE, "one"), "new": file("new", B, OTHER, "two")}
    (found,) = differences({"file_id": "old"}, {"file_id": "new"}, Evidence(files, left_out=frozenset({("old", "new")})))
    assert (found.lines, found.left_out) == ((), comparisons.LEFT_OUT)
    assert found.compared is not None
    assert found.compared.state == State.WHOLE


def test_a_statement_is_made_without_the_texts_and_in_an_order_of_its_own() -> None:
    files = {name: file(name, name[0] * 64) for name in ("old", "new", "added")}
    after = {"file_id": "new", "attachments": ["added"]}
    evidence = Evidence(files)
    assert [name for name, _ in statements({"file_id": "old"}, after, evidence)] == ["attachments.0", "file_id"]
    assert changed_files({"file_id": "old"}, after, files) == [(None, "added"), ("old", "new")]
    turned = {"attachments": ["added"], "file_id": "new"}
    assert statements({"file_id": "old"}, turned, evidence) == statements({"file_id": "old"}, after, evidence)
    assert differences({"summary": "x"}, {}, evidence) == [Difference("summary", "x", None)]


def test_a_text_that_is_older_than_extents_is_never_called_whole() -> None:
    extent = from_json({"characters": 100, "lines": 3})
    state, said = words(file("old", A, extent), file("new", B, WHOLE))
    assert state == State.IN_PART
    assert "Before: a part of it, because how much of it was read wasn't recorded then." in said
    assert from_json(None) == UNREAD
    assert from_json({"characters": 0, "lines": 1}).state == State.NOT_COMPARED
