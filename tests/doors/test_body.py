"""Requests are checked by pydantic's core, told directly what pydantic would tell it: the two must say the same of every function."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from infra import openapi
from shared.domain.kernel.errors import Invalid
from shared.doors import body
from tests.functions.samples import DOORS

# What pydantic adds for describing and for writing, not for checking.
DESCRIBES = {"metadata", "ref", "serialization", "json_schema_input_schema", "serialization_alias", "title", "cls_repr", "computed_fields"}
UNSAID = {"collect_init_only": False, "frozen": False, "post_init": False, "slots": False, "init": True, "kw_only": False}


def bare(schema: Any, definitions: dict[str, Any]) -> Any:
    """A schema with nothing but what checks."""
    if isinstance(schema, list):
        return [bare(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "definition-ref":
        return bare(definitions[schema["schema_ref"]], definitions)
    kept = {name: value for name, value in schema.items() if name not in DESCRIBES and UNSAID.get(name, ...) is not value}
    return {name: bare(value, definitions) for name, value in kept.items()}


def by_pydantic(function: Any) -> tuple[dict[str, Any], Any]:
    """The fields of pydantic's own making in the shape of ours, and the configuration that they are checked under."""
    schema = openapi.model(function).__pydantic_core_schema__
    definitions = {one["ref"]: one for one in schema.get("definitions", ())}
    whole = bare(schema["schema"] if schema["type"] == "definitions" else schema, definitions)
    fields = {}
    for name, row in whole["schema"]["fields"].items():
        given = row["schema"]["type"] == "default"  # Python's own default stays in the signature
        fields[name] = {
            "type": "typed-dict-field",
            "schema": row["schema"]["schema"] if given else row["schema"],
            "required": not given,
            "validation_alias": row["validation_alias"],
        }
    return fields, whole["config"]


@pytest.mark.parametrize("name", DOORS)
def test_a_request_is_checked_by_what_the_document_describes(name: str) -> None:
    function = DOORS[name].function
    fields, configuration = by_pydantic(function)
    assert bare(body.parameters(function), {}) == fields
    assert bare(body.STRICT, {}) == configuration


@pytest.mark.parametrize("name", DOORS)
def test_what_was_left_out_is_left_to_the_signature(name: str) -> None:
    function = DOORS[name].function
    needed = {field for field, row in body.parameters(function).items() if row["required"]}
    if needed:
        with pytest.raises(Invalid, match="needed"):
            body.check_body(function, b"{}")
    else:
        assert body.check_body(function, b"{}") == {}


def test_what_was_given_comes_by_its_name_in_python() -> None:
    item = {"record_id": str(uuid4()), "content": {"a": [1, None]}}
    given = body.check_body(DOORS["propose_change"].function, json.dumps({"reason": " Because ", "items": [item]}).encode())
    assert given["reason"] == "Because"
    items: Any = given["items"]
    [first] = items
    assert (str(first.record_id), first.content, first.step) == (item["record_id"], item["content"], None)


@pytest.mark.parametrize(
    ("items", "field", "said"),
    [
        ([{"record_id": "1"}], "items.0.record_id", "UUID"),
        ([{"record_id": str(uuid4()), "owner": 1}], "items.0.owner", "no such field"),
        ([{}], "items.0.record_id", "needed"),
        ([{"record_id": str(uuid4()), "title": 7}], "items.0.title", "must be text"),
        ([{"record_id": str(uuid4())}] * 101, "items", "100 items"),
        ({}, "items", "list|array"),
        (None, "items", "list|array"),
    ],
)
def test_the_first_bad_field_is_named_as_it_was_sent(items: Any, field: str, said: str) -> None:
    sent = json.dumps({"reason": "Because", "items": items}).encode()
    with pytest.raises(Invalid, match=said) as refused:
        body.check_body(DOORS["propose_change"].function, sent)
    assert refused.value.extras["field"] == field
