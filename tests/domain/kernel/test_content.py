"""Typed content: each field checked, the bad one named, what is left out kept, what is null cleared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.documents.documents import CONTENT
from shared.domain.kernel import canonical
from shared.domain.kernel.content import Choice, Day, Fields, FileId, Identifier, Integer, ListOf, Text, Type, Whole, identifier, merge
from shared.domain.kernel.errors import Invalid
from shared.domain.records.kinds import KINDS
from tests.domain import cases

A_FILE, OTHER_FILE = str(cases.uid("a")), str(cases.uid("b"))
NOT_TEXT: list[Any] = [1, True, None, 1.5, ["a"], {"a": "b"}]
FIELDS = Fields(
    name=Text(20),
    size=Integer(1, 9),
    colour=Choice(("red", "green")),
    day=Day(),
    team=Identifier(),
    body=FileId(),
    files=ListOf(FileId(), 3),
    part=Fields(words=ListOf(Text(5), 2), file=FileId()),
)
WORDS = st.text(st.characters(categories=["L", "N"], exclude_characters="\u115f\u1160\u3164\uffa0"), min_size=1, max_size=5)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": WORDS,
    "size": st.integers(1, 9),
    "colour": st.sampled_from(["red", "green"]),
    "day": st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat),
    "team": st.uuids().map(str),
    "body": st.uuids().map(str),
    "files": st.lists(st.uuids().map(str), max_size=3, unique=True),
    "part": st.fixed_dictionaries({}, optional={"words": st.lists(WORDS, max_size=2, unique=True), "file": st.uuids().map(str)}),
}
CONTENTS = st.fixed_dictionaries({}, optional=VALUES)
WITH_NULLS = st.fixed_dictionaries({}, optional={name: values | st.none() for name, values in VALUES.items()})


def refused(kind: Type | Fields, value: object) -> Invalid:
    """The refusal of a value, after making sure that it is one."""
    with pytest.raises(Invalid) as caught:
        kind.check("content", value)
    assert caught.value.extras["field"] == caught.value.field
    return caught.value


def kinds() -> Iterator[tuple[Type, list[Any]]]:
    """Each type with what it doesn't take."""
    yield Text(), [*NOT_TEXT, "", " ", "\u200b", "a\u0000", "\ud800", "a\u202eb", "a" * 50_001]
    yield Integer(1, 120), [0, 121, -1, True, False, "12", 1.0, 1.5, None, [], 10**400, float("nan"), float("inf")]
    yield Choice(("red",)), ["blue", "Red", "red ", "", 0, None, True, [], ["red"], {"red": 1}]
    yield (
        Identifier(),
        [
            *NOT_TEXT,
            "",
            "x",
            "0" * 32,
            "{" + A_FILE + "}",
            f"urn:uuid:{A_FILE}",
            A_FILE[:-1],
            A_FILE + " ",
            "１" + A_FILE[1:],
            "../" + A_FILE,
        ],
    )
    yield ListOf(Integer(1, 9), 2), [None, "12", {"0": 1}, (1,), 1, [1, 2, 3], [1, 1], [0], [[1]], [True], [None]]
    yield Fields(a=Text()), [None, [], "a", 1, {"b": "x"}, {"a": ""}, {"": "x"}, {"__proto__": {}}, {"A": "x"}, {"b": None}]


@pytest.mark.parametrize(
    ("kind", "value"),
    [(kind, value) for kind, values in kinds() for value in values],
    ids=lambda one: repr(one).partition(" at 0x")[0][:40],  # an address differs from worker to worker
)
def test_a_value_of_the_wrong_kind_is_refused(kind: Type, value: object) -> None:
    assert refused(kind, value).field.startswith("content")


@pytest.mark.parametrize(
    "value",
    [
        *(
            "2026-02-30",
            "2025-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-11-31",
            "9999-12-31",
            "9999-01-01",
            "0001-01-01",
            "1899-12-31",
            "2200-01-01",
        ),
        *(
            "20261122",
            "2026-W47-7",
            "2026-327",
            "2026-11-22T00:00:00",
            "2026-11-22Z",
            "22-11-2026",
            "22/11/2026",
            "2026-1-2",
            "tomorrow",
            "",
        ),
        *(" 2026-11-22", "2026-11-22\n", "２０２６-11-22", "+2026-11-22", 20261122, None, True, ["2026-11-22"], date(2026, 11, 22)),
    ],
    ids=repr,
)
def test_a_date_that_does_not_exist_or_cannot_be_meant_is_refused(value: object) -> None:
    refused(Day(), value)


@pytest.mark.parametrize("value", ["2024-02-29", "1900-01-01", "2199-12-31", "2026-12-31"])
def test_a_date_that_exists_is_kept(value: str) -> None:
    assert Day().check("day", value) == value


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"name": "a", "colour": "blue"}, "content.colour"),
        ({"files": [A_FILE, "x"]}, "content.files.1"),
        ({"files": [A_FILE, OTHER_FILE, A_FILE.upper()]}, "content.files.2"),
        ({"part": {"words": ["ok", "much too long"]}}, "content.part.words.1"),
        ({"part": {"wrods": []}}, "content.part.wrods"),
        ({"part": []}, "content.part"),
        ({"status": "effective"}, "content.status"),
    ],
)
def test_the_field_that_is_bad_is_named_by_its_path(value: object, field: str) -> None:
    assert refused(FIELDS, value).field == field


def test_an_unknown_field_is_told_which_there_are() -> None:
    assert refused(Fields(a=Text(), b=Text()), {"c": 1}).sentence == "There is no such field; there are: a, b."


@pytest.mark.parametrize(
    "owned", ["id", "status", "version", "number", "organisation_id", "owner_id", "revision", "created_at", "title", "content_sha256"]
)
def test_a_documents_content_never_takes_what_the_server_owns(owned: str) -> None:
    assert refused(CONTENT, {owned: "x"}).field == f"content.{owned}"


@pytest.mark.parametrize("months", [0, 121, True, "12", 1.0, -1])
def test_a_review_interval_is_a_whole_number_of_months_from_1_to_120(months: object) -> None:
    assert refused(CONTENT, {"review_interval_months": months}).sentence == "This must be a whole number from 1 to 120."
    assert CONTENT.check("content", {"review_interval_months": 120}) == {"review_interval_months": 120}


@given(CONTENTS)
def test_content_that_was_accepted_is_accepted_again_unchanged(content: dict[str, Any]) -> None:
    checked = FIELDS.check("content", content)
    assert checked == content == FIELDS.check("content", checked)
    assert merge({}, checked) == checked
    canonical.encode(checked)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)
    )
)
def test_anything_at_all_is_accepted_or_refused_with_a_field(value: object) -> None:
    for kind in (*FIELDS.types.values(), FIELDS, CONTENT):
        try:
            kind.check("content", value)
            field = "content"
        except Invalid as refusal:
            field = refusal.field
        assert field.startswith("content")


@given(CONTENTS, WITH_NULLS)
def test_a_field_left_out_keeps_the_bases_value_and_a_null_clears_it(base: dict[str, Any], given_content: dict[str, Any]) -> None:
    merged = merge(base, given_content)
    for name in VALUES:
        wanted = given_content.get(name) if name in given_content else base.get(name)
        assert merged.get(name) == wanted
    assert None not in merged.values()
    assert merge(merged, given_content) == merged
    assert merge(base, {}) == base


@given(CONTENTS)
def test_every_file_that_content_names_is_found_with_its_field(content: dict[str, Any]) -> None:
    part = content.get("part", {})
    wanted = [("body", content.get("body")), *(("files", one) for one in content.get("files", [])), ("part.file", part.get("file"))]
    assert sorted(FIELDS.files("", content)) == sorted((field, UUID(one)) for field, one in wanted if one is not None)
    assert all(field.startswith("content.") for field, _ in FIELDS.files("content", content))


def test_a_cleared_file_is_no_file() -> None:
    assert list(FIELDS.files("", {"body": None, "files": None, "part": {"file": None}, "unknown": A_FILE})) == []
    assert list(FIELDS.files("", [A_FILE])) == []
    assert list(Text().files("name", A_FILE)) == []


@given(st.uuids())
def test_an_id_is_accepted_in_any_capitals_and_kept_in_small_ones(value: UUID) -> None:
    assert identifier("id", str(value).upper()) == value
    assert Identifier().check("id", str(value).upper()) == str(value)


def test_the_nil_id_is_well_formed() -> None:
    assert identifier("id", str(UUID(int=0))) == UUID(int=0)


@pytest.mark.parametrize("given_content", [{}, {"a": "x"}, {"a": "x", "b": None}, {"a": None, "b": 1}])
def test_fields_that_belong_together_come_together(given_content: dict[str, object]) -> None:
    whole = Whole(a=Text(), b=Integer(1, 2))
    assert refused(whole, given_content).sentence == "This field is needed."
    assert whole.check("content", {"a": "x", "b": 1}) == {"a": "x", "b": 1}
    assert whole.schema()["required"] == ["a", "b"]


def test_the_schema_says_what_the_check_does() -> None:
    assert FIELDS.schema()["additionalProperties"] is False
    properties = FIELDS.schema()["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == set(FIELDS.types)
    assert Text(5).schema() == {"type": "string", "minLength": 1, "maxLength": 5}
    assert Integer(1, 9).schema() == {"type": "integer", "minimum": 1, "maximum": 9}
    assert Choice(("a", "b")).schema() == {"type": "string", "enum": ["a", "b"]}
    assert ListOf(Day(), 2).schema() == {"type": "array", "items": Day().schema(), "maxItems": 2, "uniqueItems": True}
    assert Day().schema() == {"type": "string", "format": "date", "pattern": "^(19|20|21)"}
    assert FileId().schema() == {"type": "string", "format": "uuid"}


def test_every_kind_names_the_version_of_the_form_that_was_filled_in() -> None:
    for kind in KINDS.values():
        assert kind.content.check("content", {"form_version": "FRM-2026-0003 version 2"}) == {"form_version": "FRM-2026-0003 version 2"}
