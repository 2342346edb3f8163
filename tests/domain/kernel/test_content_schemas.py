"""What a kind's published schema says and what its check does are the same, on values made from the table of fields itself.

Three things that a check refuses a schema can't say: text that can't be read, `1.0` for a whole number, and items that are the same once
they are written alike. So texts are made of letters here, numbers are whole, and ids and texts are written in one way. And what a quiz's
schema leaves open, because it holds for what learners are shown as well, has a test of its own.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.kernel.content import (
    FIRST_YEAR,
    LAST_YEAR,
    Choice,
    Day,
    Fields,
    Identifier,
    Integer,
    ListOf,
    Moment,
    Text,
    Type,
    merge,
)
from shared.domain.kernel.errors import Invalid
from shared.domain.records.kinds import KINDS
from shared.domain.trainings import quizzes
from tests.domain.kernel.values_of_fields import LETTERS, MOST, Values, alike, good, needed, objects

JUNK: st.SearchStrategy[Any] = st.sampled_from([None, True, 0, -1, 7, 10**30, 1.5, "", "x", "A0", "A1x", [], [None], [1], {}, {"x": 1}])
KIND = pytest.mark.parametrize("kind", KINDS)


def many(item: Type, count: int) -> Values:
    """Lists of that many different items, of the types that have so many."""
    if isinstance(item, Identifier):
        return st.just([str(UUID(int=number)) for number in range(count)])
    told = next((name for name, part in item.types.items() if type(part) is Text), None) if isinstance(item, Fields) else None
    return st.nothing() if told is None else good(item).map(lambda one: [{**one, told: str(number)} for number in range(count)])


def near(one: Type) -> Values:
    """Values that this type of field takes, or only just not."""
    match one:
        case Text():
            wrong: Values = st.sampled_from(["", "é" * one.longest, "é" * (one.longest + 1)])
        case Integer():
            wrong = st.sampled_from([one.least - 1, one.most + 1, str(one.least)])
        case Choice():
            wrong = st.sampled_from([*(str(word).upper() for word in one.words), f"{one.words[0]} "])
        case Day():
            wrong = st.sampled_from(
                [f"{FIRST_YEAR - 1}-12-31", f"{LAST_YEAR + 1}-01-01", "2026-02-30", "2026-2-3", "20260203", "2026-02-03T00:00:00Z"]
            )
        case Moment():
            wrong = st.sampled_from(
                ["1890-01-01T00:00:00Z", "2300-01-01T00:00:00Z", "2026-02-03T09:00:00", "2026-02-03 09:00:00Z", "2026-02-03"]
            )
        case Identifier():
            wrong = st.uuids().flatmap(lambda found: st.sampled_from([found.hex, f"{{{found}}}", f"urn:uuid:{found}", str(found)[:-1]]))
        case quizzes.Questions():
            wrong = st.lists(near(one.item), min_size=1, max_size=MOST, unique_by=alike) | many(one.item, one.most + 1)
        case ListOf():
            wrong = st.lists(near(one.item), min_size=1, max_size=MOST, unique_by=alike) | good(one.item).map(lambda item: [item, item])
            wrong |= st.one_of(many(one.item, one.most), many(one.item, one.most + 1))
        case Fields():
            wrong = near_objects(one)
        case _:
            wrong = JUNK
    return good(one) | wrong | JUNK


@cache
def near_objects(one: Fields) -> Values:
    """Objects that a table of fields takes but for one field, which may be wrong, missing or unknown."""
    if not one.types:
        return JUNK
    altered = st.sampled_from([*one.types]).flatmap(lambda name: near(one.types[name]).map(lambda value: {name: value}))
    laid = st.tuples(objects(one), altered | st.just({"unknown": "x"})).map(lambda both: {**both[0], **both[1]})
    missing = [
        st.tuples(objects(one), st.just(name)).map(lambda both: _without(*both))
        for name in needed(one)
        if (type(one), name) != (quizzes.Option, "correct")
    ]
    return st.one_of(laid, *missing)


def _without(whole: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in whole.items() if key != name}


@cache
def validator(kind: str) -> jsonschema_rs.Validator:
    """What holds a value to a kind's schema, its formats included."""
    return jsonschema_rs.validator_for(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **KINDS[kind].content.schema()}, validate_formats=True
    )


def accepted(kind: str, value: object) -> bool:
    """Whether the domain takes a value as a kind's content."""
    try:
        KINDS[kind].content.check("content", value)
    except Invalid:
        return False
    return True


@KIND
@given(data=st.data())
def test_what_content_may_be_is_what_its_schema_says(kind: str, data: st.DataObject) -> None:
    value = data.draw(objects(KINDS[kind].content))
    checked = KINDS[kind].content.check("content", value)
    validator(kind).validate(value)
    validator(kind).validate(checked)
    validator(kind).validate(merge({}, checked))


@pytest.mark.parametrize(("kind", "field"), [(kind.name, field) for kind in KINDS.values() for field in kind.content.types])
@settings(max_examples=40)
@given(data=st.data())
def test_what_a_field_may_not_be_its_schema_refuses(kind: str, field: str, data: st.DataObject) -> None:
    value = {field: data.draw(near(KINDS[kind].content.types[field]))}
    assert validator(kind).is_valid(value) == accepted(kind, value), value


@KIND
@given(value=JUNK | st.dictionaries(st.text(LETTERS), JUNK, max_size=2))
def test_what_is_no_content_its_schema_refuses(kind: str, value: object) -> None:
    assert validator(kind).is_valid(value) == accepted(kind, value)


def test_a_quiz_that_hides_its_answers_is_as_its_schema_says_but_nobody_may_give_it() -> None:
    option, other = {"text": "Yes", "correct": True}, {"text": "No", "correct": False}
    questions = [
        {"text": "Is it so?", "kind": "single", "options": [{**option, "correct": right}, {**other, "correct": not right}]}
        for right in (True, False)
    ]
    content = {"quiz": {"questions": questions}}
    assert accepted("training", content)
    hidden = quizzes.without_answers(content)
    assert "correct" not in str(hidden)
    validator("training").validate(content)
    validator("training").validate(hidden)
    assert not accepted("training", hidden)
