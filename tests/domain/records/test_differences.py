"""How two versions differ, and what every record can have done to it: notes, another owner, another team."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.files.extents import Unit, measured
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.outcomes import saved
from shared.domain.people.people import Role
from shared.domain.records.comparisons import Evidence, FileText
from shared.domain.records.differences import Difference, differences
from shared.domain.records.records import Note, NoteFile, Record, note, reassign, responsible
from tests.domain import cases

NAMES = st.sampled_from(["summary", "audience", "attachments", "roles"])
LEAVES = st.text(max_size=4) | st.integers(2, 9)
PARTS = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8)
CONTENTS = st.dictionaries(NAMES, PARTS | st.none(), max_size=4)
OLD, NEW = str(cases.uid("old file")), str(cases.uid("new file"))


def texts(**of: str) -> Evidence:
    """Text files of this text, read as a whole: `old` and `new`."""
    ids = {"old": OLD, "new": NEW}
    return Evidence(
        {
            ids[name]: FileText(
                ids[name], f"{name}.txt", "text/plain", hashlib.sha256(name.encode()).hexdigest(), measured(text, Unit.CHARACTERS), text
            )
            for name, text in of.items()
        }
    )


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every value by its path, found in another way than the domain does."""
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return {key: leaf for name, item in pairs for key, leaf in leaves(item, f"{path}.{name}".strip(".")).items()}
    return {} if value is None or value in ({}, []) else {path: value}


@given(CONTENTS, CONTENTS)
def test_all_the_differences_applied_to_the_left_give_the_right(before: dict[str, Any], after: dict[str, Any]) -> None:
    applied = leaves(before)
    for one in differences(before, after):
        assert applied.pop(one.field, None) == one.before
        if one.after is not None:
            applied[one.field] = one.after
    assert applied == leaves(after)


@given(CONTENTS)
def test_nothing_differs_from_itself(content: dict[str, Any]) -> None:
    assert differences(content, deepcopy(content)) == []
    assert differences(content, {name: content[name] for name in reversed(content)}) == []


@given(CONTENTS, CONTENTS)
def test_the_way_back_has_the_same_differences_turned_round(before: dict[str, Any], after: dict[str, Any]) -> None:
    there, back = differences(before, after), differences(after, before)
    assert {(one.field, repr(one.before), repr(one.after)) for one in there} == {
        (one.field, repr(one.after), repr(one.before)) for one in back
    }
    assert len({one.field for one in there}) == len(there)
    assert all(one.before != one.after and one.lines == () for one in there)


def test_a_difference_names_the_part_that_differs() -> None:
    before = {"summary": "Rinse once", "audience": {"roles": ["qa", "operator"]}, "edition": "1"}
    after = {"summary": "Rinse twice", "audience": {"roles": ["qa"], "team_ids": ["x"]}, "edition": "1"}
    assert differences(before, after) == [
        Difference("summary", "Rinse once", "Rinse twice"),
        Difference("audience.roles.1", "operator", None),
        Difference("audience.team_ids.0", None, "x"),
    ]


def test_rows_with_a_key_are_told_apart_by_it_wherever_they_stand() -> None:
    first, second, third = ({"key": f"A{number}", "description": f"Replace seal {number}", "due_on": "2026-08-01"} for number in (1, 2, 3))
    before = {"actions": [first, second, third]}
    assert differences(before, {"actions": [second, third]}) == [Difference("actions.A1", first, None)]
    assert differences({"actions": [second]}, {"actions": [first, second]}) == [Difference("actions.A1", None, first)]
    assert differences({"actions": [first, second]}, {"actions": [second, first]}) == []
    later = {**second, "due_on": "2026-09-01", "owner_id": "x"}
    assert differences(before, {"actions": [later, third]}) == [
        Difference("actions.A1", first, None),
        Difference("actions.A2.due_on", "2026-08-01", "2026-09-01"),
        Difference("actions.A2.owner_id", None, "x"),
    ]
    assert differences({}, {"actions": [first]}) == [Difference("actions.A1", None, first)]
    assert differences({"actions": [first]}, {"actions": []}) == [Difference("actions.A1", first, None)]


def test_rows_of_which_not_each_has_a_key_of_its_own_are_told_apart_by_their_place() -> None:
    row = {"key": "A1", "description": "Seal"}
    assert differences({"actions": [row]}, {"actions": [{**row, "key": None}]}) == [Difference("actions.0.key", "A1", None)]
    assert differences({"actions": [row]}, {"actions": [row, row]}) == [
        Difference("actions.1.key", None, "A1"),
        Difference("actions.1.description", None, "Seal"),
    ]


def test_an_empty_part_and_a_null_are_the_same_as_nothing() -> None:
    assert differences({"summary": None, "attachments": [], "audience": {}}, {}) == []
    assert differences({}, {"summary": ""}) == [Difference("summary", None, "")]


def test_a_new_file_shows_the_lines_that_changed_in_it() -> None:
    (found,) = differences({"file_id": OLD}, {"file_id": NEW}, texts(old="Rinse\nonce\nand dry", new="Rinse\ntwice\nand dry"))
    assert (found.field, found.before, found.after) == ("file_id", OLD, NEW)
    assert found.lines == ("--- before", "+++ after", "@@ -1,3 +1,3 @@", " Rinse", "-once", "+twice", " and dry")


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({}, {"file_id": NEW}, ("--- before", "+++ after", "@@ -0,0 +1,2 @@", "+one", "+two")),
        ({"file_id": NEW}, {}, ("--- before", "+++ after", "@@ -1,2 +0,0 @@", "-one", "-two")),
        ({"file_id": OLD}, {"file_id": NEW}, ("--- before", "+++ after", "@@ -0,0 +1,2 @@", "+one", "+two")),
    ],
)
def test_a_file_that_comes_or_goes_shows_all_its_lines(before: dict[str, str], after: dict[str, str], lines: tuple[str, ...]) -> None:
    (found,) = differences(before, after, texts(new="one\ntwo"))
    assert found.lines == lines


def test_files_without_text_or_with_the_same_text_show_no_lines() -> None:
    assert differences({"file_id": OLD}, {"file_id": NEW})[0].lines == ()
    assert differences({"file_id": OLD}, {"file_id": NEW}, texts(old="same", new="same"))[0].lines == ()


def test_a_huge_file_is_compared_to_its_last_line() -> None:
    many = [f"line {number}" for number in range(20_000)]
    (found,) = differences({"file_id": OLD}, {"file_id": NEW}, texts(old="\n".join(many), new="\n".join([*many[:-1], "another"])))
    assert found.lines[-2:] == ("-line 19999", "+another")
    assert len(found.lines) == 8


def test_a_note_is_appended_with_its_evidence_and_touches_nothing_else() -> None:
    by = cases.AUTHOR
    outcome = note(cases.record(), "  Seen by the supplier ", [cases.uid("a"), cases.uid("b"), cases.uid("a")], by=by, at=cases.AT)
    made = cases.one(outcome, Note)
    assert (made.text, made.author_id, made.record_id) == ("Seen by the supplier", by.person_id, cases.record().id)
    assert [row.file_id for row in outcome.saves if isinstance(row, NoteFile)] == [cases.uid("a"), cases.uid("b")]
    assert {type(row) for row in outcome.saves} == {Note, NoteFile}


@pytest.mark.parametrize("words", ["", "\u200b", "x" * 4001, "a\u0000"])
def test_a_note_says_something_readable(words: str) -> None:
    with pytest.raises(Invalid) as refused:
        note(cases.record(), words, [], by=cases.AUTHOR, at=cases.AT)
    assert refused.value.field == "text"


def test_a_record_gets_another_owner_another_team_or_both() -> None:
    record, team = cases.record(), cases.uid("team")
    moved = cases.one(reassign(record, owner=cases.QUINN, team_id=team, at=cases.AT), Record)
    assert moved == replace(record, owner_id=cases.QUINN.person_id, team_id=team, updated_at=cases.AT)
    assert cases.one(reassign(moved, owner=cases.AUTHOR, at=cases.AT), Record).team_id == team
    assert cases.one(reassign(moved, team_id=None, at=cases.AT), Record).team_id is None
    assert cases.one(reassign(moved, team_id=cases.uid("other"), at=cases.AT), Record).owner_id == cases.QUINN.person_id


def test_reassigning_to_whoever_has_it_already_is_refused() -> None:
    with pytest.raises(Conflict):
        reassign(cases.record(), owner=cases.AUTHOR, team_id=None, at=cases.AT)
    with pytest.raises(Invalid) as refused:
        reassign(cases.record(), at=cases.AT)
    assert refused.value.field == "owner_id"


@pytest.mark.parametrize(
    "owner",
    [
        None,
        cases.member("a", None),
        cases.member("a", Role.OPERATOR),
        cases.member("a", Role.INSPECTOR),
        cases.member("a", None, admin=True),
    ]
    + [cases.member("a", role, status="deactivated") for role in (Role.QA, Role.ACTION_OWNER)],
)
def test_only_an_active_action_owner_or_qa_owns_work(owner: Any) -> None:
    with pytest.raises(Invalid) as refused:
        responsible(owner, "items.3.owner_id")
    assert refused.value.field == "items.3.owner_id"
    for role in (Role.ACTION_OWNER, Role.QA):
        responsible(cases.member("a", role), "owner_id")


def test_a_written_row_stands_one_revision_on() -> None:
    assert saved(cases.record(revision=7)).revision == 8
