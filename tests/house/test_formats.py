"""The document tells the form of ids, days, moments and statuses; answers have names, and If-Match is required where it is."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from typing import Any

from infra import formats, openapi

ENDS = ("_at", "_on", "_id")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return openapi.document()


def properties(part: Any, path: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every property in a part of the document: where it stands, its name, and each schema of a text in it."""
    if isinstance(part, list):
        for one in part:
            yield from properties(one, path)
    elif isinstance(part, dict):
        named = part.get("properties")
        for name, schema in named.items() if isinstance(named, dict) else ():
            for one in [schema, *schema.get("anyOf", ())]:
                if one.get("type") == "string":
                    yield path, name, one
        for name, one in part.items():
            yield from properties(one, f"{path}.{name}")


def test_every_id_day_moment_and_status_has_its_form() -> None:
    found = list(properties(document(), ""))
    wrong = [
        f"{path}: {name}"
        for path, name, schema in found
        if name.endswith(ENDS) or name in {"id", "status"}
        if not ({"enum", "const"} & schema.keys() if name == "status" else {"format", "const"} & schema.keys())
    ]
    assert wrong == []
    forms = {(name, schema["format"]) for _, name, schema in found if "format" in schema}
    assert {("due_on", "date"), ("created_at", "date-time"), ("change_id", "uuid"), ("id", "uuid")} <= forms
    assert {form for name, form in forms if name.endswith("_on")} == {"date"}


def test_a_status_is_one_of_those_of_its_kind() -> None:
    shapes = document()["components"]["schemas"]
    said = {
        name: shape["properties"]["status"]["enum"]
        for name, shape in shapes.items()
        if "enum" in shape.get("properties", {}).get("status", {})
    }
    assert said["ChangeBrief"] == list(map(str, formats.STATUSES["ChangeBrief"]))
    assert said["DocumentRecord"] == said["DocumentBrief"] != said["EventRecord"]
    assert said["Pointer"] == list(formats.ALL)
    assert set(formats.STATUSES) <= set(shapes), "a shape that is no longer published"


def test_every_answer_has_a_name() -> None:
    for path, methods in document()["paths"].items():
        for operation in methods.values():
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            assert all("$ref" in one for one in schema.get("anyOf", [schema])), path


def test_if_match_is_required_where_a_step_asks_for_it() -> None:
    for name, (_, door) in openapi.doors().items():
        operation = next(iter(document()["paths"][f"/api/{name}"].values()))
        required = [one["required"] for one in operation["parameters"] if one["name"] == "If-Match"]
        assert required == ([] if door.method == "GET" else ["call.match(" in inspect.getsource(door.function)]), name
