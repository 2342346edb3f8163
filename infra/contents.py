"""The published schemas of what records hold: one for each kind, made from its table of fields, and the shapes that refer to it."""

from __future__ import annotations

import json
from typing import Any

from shared.domain.records.kind import Kind
from shared.domain.records.kinds import KINDS, AnyContent, OneOf, WorkingContent

Json = dict[str, Any]
REFERENCE = "#/components/schemas/"
RECORD = {"$ref": f"{REFERENCE}Record"}
BY_KIND = ("Record", "ChangeItem", "ExportedRecord")  # shapes that say of which kind their content is
OF_ANY_KIND = ("Waiting", "PastVersion", "ExportedVersion")  # shapes of content whose kind stands elsewhere
ASIDE = frozenset({"title", "description", "default"})
ANY = {
    "AnyContent": (AnyContent, "What a record holds; its kind says which of these."),
    "WorkingContent": (
        WorkingContent,
        "What a record holds that is edited directly; its kind says which of these. A field left out stays.",
    ),
}


def of(kind: str, shape: str) -> str:
    """The name of a shape for one kind: `CapaPlanContent`."""
    return "".join(part.title() for part in kind.split("_")) + shape


def to(name: str) -> Json:
    """A reference to a published schema."""
    return {"$ref": REFERENCE + name}


def published() -> Json:
    """Every kind's content, and those of several kinds, by name."""
    found: Json = {of(kind.name, "Content"): _described(kind) for kind in KINDS.values()}
    for name, (content, words) in ANY.items():
        found[name] = {"description": words, "anyOf": [to(of(kind.name, "Content")) for kind in _mark(content).kinds]}
    return found


def _described(kind: Kind) -> Json:
    return {"description": f"What a record of the kind {kind.workflow.noun} holds; a null clears a field.", **kind.content.schema()}


def _mark(content: Any) -> OneOf:
    [mark] = content.__metadata__
    assert isinstance(mark, OneOf)
    return mark


def referring(part: Any) -> Any:
    """A part of the document with a reference wherever it says what content holds."""
    if isinstance(part, list):
        return [referring(one) for one in part]
    if not isinstance(part, dict):
        return part
    bare = {name: value for name, value in part.items() if name not in ASIDE}
    for name, schema in _SCHEMAS:
        if bare == schema:
            return {**to(name), **{name: value for name, value in part.items() if name in ASIDE}}
    return {name: referring(value) for name, value in part.items()}


_SCHEMAS = [
    *((of(kind.name, "Content"), kind.content.schema()) for kind in KINDS.values()),
    *((name, _mark(content).schema()) for name, (content, _) in ANY.items()),
]


def answered(function: str, schema: Json) -> Json:
    """A function's answer: a record of its noun's kind (`get_document`), or each under the name of its kind."""
    noun = next((kind for kind in KINDS if function.endswith(f"_{kind}")), None)
    if schema == RECORD and noun:
        return to(of(noun, "Record"))
    properties: Json = schema.get("properties", {})
    named = {name for name, part in properties.items() if name in KINDS and part == RECORD}
    kept = {name: part for name, part in properties.items() if name not in named or noun in (None, name)}
    for name, part in kept.items():
        kind = name if name in named else noun
        kept[name] = to(of(kind, "Record")) if part == RECORD and kind else part
    if not properties:
        return schema
    return {**schema, "properties": kept, **({"required": [noun]} if noun in named else {})}


def divide(schemas: Json, paths: Json) -> None:
    """Put in each kind's own place of the shapes that say their kind: a schema for each kind, and their union where it is asked for."""
    for name in BY_KIND:
        schema = schemas.pop(name)
        schemas |= {of(kind, name): _of_kind(kind, schema) for kind in KINDS}
    for name in OF_ANY_KIND:
        schemas[name]["properties"]["content"] = to("AnyContent")
    round_of = schemas["Round"]["properties"]["frozen"]
    items = {"type": "array", "items": {"type": "object", "properties": {"content": to("AnyContent")}}}
    schemas["Round"]["properties"]["frozen"] = {**round_of, "properties": {"items": items}}
    said = json.dumps([schemas, paths])
    for name in BY_KIND:
        if f'"{REFERENCE}{name}"' in said:
            schemas[name] = _union(name)


def _of_kind(kind: str, schema: Json) -> Json:
    content = to(of(kind, "Content"))
    fields = {**schema["properties"], "kind": {"type": "string", "const": kind}, "content": content}
    if "before" in fields:
        fields["before"] = {"type": "object", "properties": {"title": {"type": "string"}, "content": content}}
    return {**schema, "title": of(kind, schema["title"]), "properties": fields}


def _union(name: str) -> Json:
    mapping = {kind: REFERENCE + of(kind, name) for kind in KINDS}
    return {"oneOf": [{"$ref": one} for one in mapping.values()], "discriminator": {"propertyName": "kind", "mapping": mapping}}
