"""What each kind of record holds is a published schema, and whatever takes or shows content refers to one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from infra import contents, openapi
from shared.domain.records.kinds import KINDS

PLACE = "#/components/"
KIND = pytest.mark.parametrize("kind", KINDS)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return openapi.document()


def references(part: Any) -> Iterator[str]:
    """Every reference in a part of the document, those of a discriminator included."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name in {"$ref", "mapping"}:
                yield from [value] if isinstance(value, str) else value.values()
            else:
                yield from references(value)
    elif isinstance(part, list):
        for one in part:
            yield from references(one)


def found(reference: str) -> Any:
    """What a reference leads to."""
    area, name = reference.removeprefix(PLACE).split("/")
    return document()["components"][area][name]


def reached(part: Any) -> set[str]:
    """Everything that a part of the document refers to, near or far."""
    known: set[str] = set()
    waiting = set(references(part))
    while waiting:
        one = waiting.pop()
        known.add(one)
        waiting |= set(references(found(one))) - known
    return known


def operations() -> dict[str, dict[str, Any]]:
    """Each function's operation."""
    return {path.removeprefix("/api/"): next(iter(methods.values())) for path, methods in document()["paths"].items()}


def named_content(part: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every property called `content`, with the name of what it stands in."""
    if isinstance(part, dict):
        if "content" in part.get("properties", {}):
            yield name, part["properties"]["content"]
        for one in part.values():
            yield from named_content(one, name)
    elif isinstance(part, list):
        for one in part:
            yield from named_content(one, name)


@KIND
def test_every_kind_has_its_published_schema_made_from_its_table(kind: str) -> None:
    schema = document()["components"]["schemas"][contents.of(kind, "Content")]
    assert {name: value for name, value in schema.items() if name != "description"} == KINDS[kind].content.schema()
    assert KINDS[kind].workflow.noun in schema["description"]


@KIND
def test_every_kinds_content_is_asked_for_by_a_step_and_shown_by_an_answer(kind: str) -> None:
    wanted = PLACE + f"schemas/{contents.of(kind, 'Content')}"
    asked = {name for name, one in operations().items() if wanted in set(references(one.get("requestBody")))}
    assert len(asked) == 1, "the one that begins such a record"
    assert wanted in reached(operations()["propose_change"]["requestBody"])
    record = found(PLACE + f"schemas/{contents.of(kind, 'Record')}")
    assert record["properties"]["kind"] == {"type": "string", "const": kind}
    assert record["properties"]["content"] == {"$ref": wanted}
    [single] = references(operations()[f"get_{kind}"]["responses"]["200"])
    assert found(single) is record


def test_whatever_is_called_content_refers_to_what_it_may_hold() -> None:
    """Given or shown; a change's own content says why and from when."""
    places = {**document()["components"]["schemas"], **operations()}
    named = [one for place, part in places.items() for one in named_content(part, place)]
    known = {contents.of(kind, "Content") for kind in KINDS} | set(contents.ANY)
    bare = {place for place, part in named if not {one.rpartition("/")[2] for one in references(part)} & known}
    assert bare == {"Change"}
    begun = {name for name in operations() if re.fullmatch(rf"(create|report|open)_({'|'.join(KINDS)})", name)}
    assert {place for place, _ in named} >= {*begun, "edit_record", "Given", "Round", "PastVersion", "ExportedVersion", "Waiting"}
    assert len(begun) == len(KINDS)


@KIND
def test_content_is_edited_directly_where_the_kind_can_be_edited(kind: str) -> None:
    asked = reached(operations()["edit_record"]["requestBody"])
    assert (PLACE + f"schemas/{contents.of(kind, 'Content')}" in asked) == ("edit" in KINDS[kind].workflow.steps)


def test_whatever_says_its_kind_is_told_apart_by_it() -> None:
    unions = {name: one for name, one in document()["components"]["schemas"].items() if "discriminator" in one}
    assert set(unions) == {"ChangeItem", "ExportedRecord"}
    for union in unions.values():
        mapping = union["discriminator"]["mapping"]
        assert set(mapping) == set(KINDS)
        assert [one["$ref"] for one in union["oneOf"]] == list(mapping.values())
        assert all(found(one)["properties"]["kind"]["const"] == kind for kind, one in mapping.items())


def test_no_schema_stands_unreferenced_and_no_reference_leads_nowhere() -> None:
    everything = reached({"paths": document()["paths"]})
    for area in ("schemas", "responses"):
        known = {f"{PLACE}{area}/{name}" for name in document()["components"][area]}
        assert {one for one in everything if one.startswith(f"{PLACE}{area}/")} == known
