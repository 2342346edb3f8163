"""The binding of a signature: altering any field or the content breaks it (21 CFR 11.70)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.kernel import canonical
from shared.domain.signing.signatures import (
    Signature,
    binding,
    holds,
)
from tests.domain import cases
from tests.domain.cases import SUBJECT, uid

BOUND = [one.name for one in fields(Signature) if one.name not in {"binding_sha256", "content", "revision"}]
ANY: dict[str, st.SearchStrategy[Any]] = {
    "UUID": st.uuids(),
    "UUID | None": st.uuids() | st.none(),
    "int | None": st.integers(0, 999) | st.none(),
    "str": st.text(st.characters(codec="utf-8"), max_size=10),
    "Mapping[str, object] | None": st.dictionaries(st.sampled_from("abc"), st.integers(0, 9), max_size=2) | st.none(),
    "str | None": st.text(st.characters(codec="utf-8"), max_size=10) | st.none(),
    "datetime": st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is given beside
}
CONTENT = {"what": "was signed"}
WHOLE = replace(SUBJECT, content_sha256=canonical.sha256(CONTENT))


def test_every_field_of_a_signature_is_bound() -> None:
    assert len(BOUND) == 21
    assert {str(one.type) for one in fields(Signature) if one.name in BOUND} <= set(ANY)


@pytest.mark.clause("11.70")
@pytest.mark.parametrize("name", BOUND)
@settings(max_examples=20)
@given(data=st.data())
def test_altering_any_field_breaks_the_binding(name: str, data: st.DataObject) -> None:
    made = cases.signature(subject=WHOLE)
    kind = next(str(one.type) for one in fields(Signature) if one.name == name)
    altered = replace(made, **{name: data.draw(ANY[kind])})
    assert holds(altered, CONTENT) == (getattr(altered, name) == getattr(made, name))
    assert (binding(altered) == binding(made)) == (altered == made)


@pytest.mark.clause("11.70")
def test_a_signature_moved_to_other_content_fails_even_with_its_binding_made_anew() -> None:
    made = cases.signature(subject=WHOLE)
    assert holds(made, CONTENT)
    assert not holds(made, {"what": "was not"})
    assert not holds(made, {**CONTENT, "record_id": "another"})
    moved = cases.forged(made, record_id=uid("another record"), version=2)
    assert not holds(moved, {"what": "was not"})
    assert not holds(replace(made, record_id=uid("another record")), CONTENT)
    assert not holds(replace(made, version=2), CONTENT)
    assert not holds(replace(made, binding_sha256=""), CONTENT)


def test_the_revision_of_its_row_is_no_part_of_a_signature() -> None:
    made = cases.signature(subject=WHOLE)
    assert holds(replace(made, revision=1), CONTENT)


def test_what_was_signed_may_be_read_back_in_any_order() -> None:
    content = {"a": 1, "b": [{"c": "d", "e": None}]}
    made = cases.signature(subject=replace(SUBJECT, content_sha256=canonical.sha256(content)))
    assert holds(made, {"b": [{"e": None, "c": "d"}], "a": 1})
