"""The OpenAPI 3.1 document, made from the functions themselves: their signatures, docstrings, doors and answers."""

from __future__ import annotations

import importlib.util
import inspect
import json
import sys
import types
import typing
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from infra import contents, formats, register
from shared.domain.kernel import text
from shared.doors import body, forms

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.doors.door import Door

Json = dict[str, Any]
TITLE = "QFacts"
CODE = {"type": "string", "pattern": "^[a-z0-9_]+$", "description": "Names the sentence, in every language the same."}
FACTS = {"type": "object", "description": "What the sentence tells, by name; words of the domain as the API has them."}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "facts", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "The code, as a URI."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence in the language that Content-Language names."},
        "code": CODE,
        "facts": FACTS,
        "request_id": {"type": "string", "format": "uuid"},
        "field": {"type": "string", "description": "422: the first bad field; dots stand between names."},
        "state": {"type": "string", "description": "409: the status of the thing."},
        "open": {"type": "array", "items": {"type": "string"}, "description": "409: the steps that its status allows."},
        "needed": {"type": "array", "items": {"type": "string"}, "description": "403: the groups of whom one is needed."},
        "etag": {"type": "string", "description": "412: the thing's revision now."},
        "changed_by": {
            "anyOf": [
                {
                    "type": "object",
                    "required": ["id", "name"],
                    "properties": {"id": {"type": "string", "format": "uuid"}, "name": {"type": "string"}},
                },
                {"type": "null"},
            ],
            "description": "412: who changed it; null where the system did.",
        },
        "changed_at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}], "description": "412: when."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail", "facts"],
                "properties": {"field": {"type": "string"}, "code": CODE, "detail": {"type": "string"}, "facts": FACTS},
            },
        },
    },
}
PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
REFUSALS = {
    "401": "No valid token: sign in.",
    "403": "Not for your role, or not for you because of what you did yourself.",
    "404": "Not a member, not there, or another organisation's.",
    "405": "A step is a POST, a read is a GET.",
    "408": "The body didn't come whole within five seconds.",
    "409": "The state doesn't allow it now.",
    "412": "Changed since it was read.",
    "413": "The body is too large.",
    "415": "The body isn't JSON.",
    "422": "Fields are bad or unknown: `errors` names every one, `field` the first.",
    "428": "If-Match is missing.",
    "429": "More than the limits allow; try again after Retry-After seconds.",
    "500": "Our fault; nothing was changed.",
    "503": "Busy; try again after Retry-After seconds.",
}
ORGANISATION = {"name": "X-Organisation", "in": "header", "required": True, "schema": {"type": "string", "format": "uuid"}}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "The same key and body give the same answer and one effect.",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "description": "The etag of what you read (428 without, where it is required).",
}


def load(function: register.Function) -> Any:
    """A function of the register, as its module defines it."""
    spec = importlib.util.spec_from_file_location(f"functions_{function.area}_{function.name}", function.source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return getattr(module, function.name)


def doors() -> dict[str, tuple[register.Function, Door]]:
    """Every HTTP function's door, by name."""
    found = {function.name: (function, load(function)) for function in register.read() if function.trigger == "http"}
    return {name: (function, entered.door) for name, (function, entered) in found.items()}


def document() -> Json:
    """The whole document."""
    schemas: Json = {"Problem": PROBLEM}
    paths = {f"/api/{name}": _path(function, door, schemas) for name, (function, door) in doors().items()}
    contents.divide(schemas, paths)
    schemas = {name: formats.formed(name, schema) for name, schema in schemas.items()}
    schemas = {**contents.referring(schemas), **contents.published()}
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1", "description": "One function, one verb, one name. Steps are POST, reads are GET."},
        "servers": [{"url": "/"}],
        "security": [{"firebase": []}],
        "paths": contents.referring(paths),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {f"Refusal{status}": {"description": words, "content": PROBLEM_CONTENT} for status, words in REFUSALS.items()},
            "securitySchemes": {"firebase": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _path(function: register.Function, door: Door, schemas: Json) -> Json:
    summary, _, rest = (door.function.__doc__ or "").strip().partition("\n")
    operation: Json = {
        "operationId": door.name,
        "tags": [function.area],
        "summary": summary,
        "description": f"{' '.join(rest.split())}\n\nFor {door.who.words}.".strip(),
        **({"security": []} if door.open_to_visitors else {}),
        "parameters": [ORGANISATION] if door.organisation else [],
        "responses": {"200": _answer(door, schemas), **_refusals(door)},
    }
    form = _schema(model(door.function), schemas)
    if door.method == "GET":
        needed = form.get("required", [])
        operation["parameters"] += [
            {"name": name, "in": "query", "required": name in needed, "schema": _without_null(schema)}
            for name, schema in form.get("properties", {}).items()
        ]
        return {"get": operation}
    # A function that can't do without the etag says `call.match`; the others look where it was sent.
    operation["parameters"] += [KEY, {**IF_MATCH, "required": "match" in door.function.__code__.co_names}]
    operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": form}}}
    return {"post": operation}


def _answer(door: Door, schemas: Json) -> Json:
    from pydantic import TypeAdapter

    shape = typing.get_type_hints(door.answer)["return"]
    whole = _schema(TypeAdapter(shape), schemas)
    schema = contents.answered(door.name, whole)
    if "properties" in schema:
        name = "_".join(one.__name__ for one in (typing.get_origin(shape) or shape, *typing.get_args(shape)))
        parts = list(schema["properties"])
        of_a_part = contents.of(parts[0] if len(parts) == 1 else door.name, "Answer")
        schema = _named(name if schema == whole else of_a_part, schema, schemas)
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}


def _named(name: str, schema: Json, schemas: Json) -> Json:
    """A reference to an answer, which is published under its name."""
    if schemas.setdefault(name, {"title": name, **schema}) != {"title": name, **schema}:
        message = f"two shapes are called {name}; each published shape needs a name of its own"
        raise ValueError(message)
    return contents.to(name)


def model(function: Callable[..., object]) -> Any:
    """The function's parameters after `call` as pydantic describes them; requests are checked by the same (`shared.doors.body`)."""
    from pydantic import ConfigDict, Field, create_model

    hints = typing.get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[parameter.name] = (_described(hints[parameter.name]), Field(default, alias=body.spoken(parameter.name)))
    return create_model(function.__name__, __config__=ConfigDict(extra="forbid", strict=True), **fields)


def _described(hint: Any) -> Any:
    """A parameter's type with our marks as pydantic's."""
    from pydantic import Field, PlainValidator, WithJsonSchema
    from pydantic.functional_validators import AfterValidator

    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _marked(*arguments[:2])
    if origin in (types.UnionType, typing.Union):
        if {date, datetime} <= set(arguments):
            schema = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}
            either = typing.Annotated[Any, PlainValidator(forms.day_or_moment), WithJsonSchema(schema)]
            return typing.Union[tuple(either if one is date else _described(one) for one in arguments if one is not datetime)]  # noqa: UP007 - made from parts
        return typing.Union[tuple(_described(part) for part in arguments)]  # noqa: UP007 - made from parts
    if origin is list:
        return typing.Annotated[list[_described(arguments[0])], Field(max_length=body.MOST_ITEMS)]  # type: ignore[misc]  # made from parts
    if hint in forms.WRITTEN:
        read_one, name = forms.WRITTEN[hint]
        return typing.Annotated[hint, PlainValidator(read_one), WithJsonSchema({"type": "string", "format": name})]
    if hint is str:
        return typing.Annotated[str, Field(min_length=1, max_length=text.REASON), AfterValidator(forms.readable)]
    return hint


def _marked(kind: Any, mark: Any) -> Any:
    """A type with one of our marks as pydantic's."""
    from pydantic import Field, PlainValidator, WithJsonSchema
    from pydantic.functional_validators import AfterValidator

    if isinstance(mark, body.Length):
        return typing.Annotated[kind, Field(min_length=1, max_length=mark.longest), AfterValidator(forms.readable)]
    if isinstance(mark, body.Among):
        return typing.Literal[mark.words]  # its words are read off the tables
    if isinstance(mark, body.AnyOf):
        form = WithJsonSchema({"type": "string", "pattern": mark.pattern})
        return typing.Annotated[Any, PlainValidator(mark.read), form]
    if isinstance(mark, body.Between):
        return typing.Annotated[kind, Field(ge=mark.least, le=mark.most)]
    return typing.Annotated[_described(kind), WithJsonSchema(mark.schema())]  # what content holds


def _schema(source: Any, schemas: Json) -> Json:
    template = "#/components/schemas/{model}"
    maker = source.model_json_schema if hasattr(source, "model_json_schema") else source.json_schema
    made: Json = maker(ref_template=template)
    for name, schema in made.pop("$defs", {}).items():
        named = name.replace("[", "_").replace("]", "")
        if schemas.setdefault(named, schema) != schema:
            message = f"two shapes are called {named}; each published shape needs a name of its own"
            raise ValueError(message)
    name = made.pop("title", None)
    if name in contents.BY_KIND:
        schemas[name] = {"title": name, **made}
        return contents.to(name)
    return made


def _without_null(schema: Json) -> Json:
    """A query's parameter is left out rather than null."""
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    return options[0] if len(options) == 1 else {name: value for name, value in schema.items() if name != "default" or value is not None}


def _refusals(door: Door) -> Json:
    return {status: {"$ref": f"#/components/responses/Refusal{status}"} for status in REFUSALS if _possible(status, door)}


def _possible(status: str, door: Door) -> bool:
    if door.open_to_visitors and status in {"401", "403"}:
        return False
    return door.method == "POST" or status not in {"412", "413", "415", "428"}


def main() -> None:
    """Print the document."""
    print(json.dumps(document(), indent=2, sort_keys=False))


if __name__ == "__main__":
    main()
