"""The check of a request's parameters against the function's own signature: strict types, no unknown field, readable text."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.domain.kernel import text
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence, must_be
from shared.domain.kernel.values import dataclass
from shared.domain.records.kinds import KINDS
from shared.doors.forms import WRITTEN, day_or_moment, readable, several
from shared.outside.imports import importing

if TYPE_CHECKING:
    from flask import Request
    from pydantic_core import CoreConfig, SchemaValidator
    from pydantic_core.core_schema import TypedDictField

Schema = Any  # of pydantic's core, which is imported late
MOST_ITEMS = 100
STRICT: CoreConfig = {"strict": True, "extra_fields_behavior": "forbid"}

# What pydantic's core finds, by its own word for it, as we say it; the facts of a template are what it tells of the fault.
UNKNOWN = ("unknown", "There is no such field here; remove it.")
MALFORMED = ("malformed", "This isn't in the form that the documentation describes.")
FAULTS: Mapping[str, tuple[str, str]] = {
    "extra_forbidden": UNKNOWN,
    "unexpected_keyword_argument": UNKNOWN,
    "missing": ("missing", "This field is needed."),
    "string_too_short": ("empty", "This is empty; write something that can be read."),
    "string_too_long": ("too_long", "This may have {max_length} characters at most."),
    "greater_than_equal": ("out_of_range", "This must be {bound}."),
    "less_than_equal": ("out_of_range", "This must be {bound}."),
    **dict.fromkeys(("literal_error", "enum"), ("not_among", "This must be one of: {words}.")),
    "too_long": ("too_many", "This may hold {max_length} items at most."),
}
OF_ANOTHER_TYPE: Mapping[str, str] = {
    "string_type": "text",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "a whole number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("uuid_type", "uuid_parsing"), "an id (a UUID) with its hyphens"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "a date as YYYY-MM-DD",
    ),
    "list_type": "a list",
    **dict.fromkeys(("dict_type", "dataclass_type"), "an object with named fields"),
}


@dataclass(frozen=True)
class Length:
    """Marks a text parameter with its longest length, in characters; `Annotated[str, Length(300)]`."""

    longest: int


Name = typing.Annotated[str, Length(text.NAME)]
Title = typing.Annotated[str, Length(text.TITLE)]
Line = typing.Annotated[str, Length(text.LINE)]
Reason = typing.Annotated[str, Length(text.REASON)]


@dataclass(frozen=True)
class Between:
    """Marks a whole-number parameter with its bounds, both included."""

    least: int
    most: int


@dataclass(frozen=True)
class Among:
    """Marks a text parameter that is one of these words of a table: `Annotated[str, Among(WORKFLOW.statuses)]`."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class AnyOf:
    """Marks a query's text parameter that is one or several of these words, with commas between: `status=draft,effective`."""

    words: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """The pattern of what it may hold."""
        return f"^({'|'.join(self.words)})(,({'|'.join(self.words)}))*$"

    def read(self, value: object) -> list[str]:
        """The words, each once; raises ValueError for another."""
        return several(self.words, value)


Limit = typing.Annotated[int, Between(1, 100)]
KindName = typing.Annotated[str, Among(tuple(KINDS))]


def check_body(function: Callable[..., object], raw: bytes) -> dict[str, object]:
    """The arguments of a step, from the JSON body; raises Invalid naming every bad or unknown field."""
    return _arguments(function, lambda checker: checker.validate_json(raw))


def check_query(function: Callable[..., object], request: Request) -> dict[str, object]:
    """The arguments of a read, from the query; raises Invalid naming every bad, unknown or repeated parameter."""
    given: dict[str, Any] = {}
    faults: list[Invalid] = []
    for name, values in request.args.lists():
        sentence = text.fault(values[0], text.REASON)
        if len(values) > 1:
            faults.append(Invalid(name, Sentence("repeated", "Give this parameter once.")))
        elif sentence is not None:
            faults.append(Invalid(name, sentence))
        given[name] = values[0]
    if faults:
        raise Invalid.together(faults)
    return _arguments(function, lambda checker: checker.validate_strings(given))


def _arguments(function: Callable[..., object], validate: Callable[[SchemaValidator], dict[str, object]]) -> dict[str, object]:
    with importing():
        from pydantic_core import ValidationError

        checker = _checker(function)
    try:
        return validate(checker)
    except ValidationError as error:
        raise Invalid.together([_fault(one) for one in error.errors(include_url=False, include_input=False)]) from None


def _fault(found: Mapping[str, Any]) -> Invalid:
    """What the validator found, as one of our sentences."""
    field = ".".join(str(part) for part in found["loc"]) or "body"
    kind, told = found["type"], found.get("ctx", {})
    if kind == "value_error":  # raised by shared.doors.forms
        return Invalid(field, told["error"].args[0])
    if kind in OF_ANOTHER_TYPE:
        return Invalid(field, must_be(OF_ANOTHER_TYPE[kind]))
    code, template = FAULTS.get(kind, MALFORMED)
    told = {**told, "words": told.get("expected"), "bound": _bound(told)}
    facts = {name: value for name, value in told.items() if f"{{{name}}}" in template}
    return Invalid(field, Sentence(code, template, **facts))


def _bound(told: Mapping[str, Any]) -> Sentence | None:
    if "ge" in told:
        return Sentence("at_least", "{least} or more", least=told["ge"])
    return Sentence("at_most", "{most} or less", most=told["le"]) if "le" in told else None


@cache
def _checker(function: Callable[..., object]) -> SchemaValidator:
    """The validator of a function's requests; it returns the given parameters by their Python names."""
    with importing():
        from pydantic_core import SchemaValidator

    return SchemaValidator(_core().typed_dict_schema(parameters(function), config=STRICT))


def parameters(function: Callable[..., object]) -> dict[str, TypedDictField]:
    """The schemas by which pydantic's core checks the function's parameters after `call`.

    pydantic itself would build the same schemas, but takes five times as long at every cold start. tests/doors/test_body.py proves
    for every function that both agree, and so that the OpenAPI document is right.
    """
    hints = typing.get_type_hints(function, include_extras=True)
    return {
        parameter.name: _core().typed_dict_field(
            _checked(hints[parameter.name]),
            required=parameter.default is inspect.Parameter.empty,
            validation_alias=spoken(parameter.name),
        )
        for parameter in list(inspect.signature(function).parameters.values())[1:]
    }


def _core() -> Any:  # noqa: ANN401 - a module
    with importing():
        from pydantic_core import core_schema

    return core_schema


def spoken(parameter: str) -> str:
    """A parameter's name in the API: Python's `from_` is `from`."""
    return parameter.removesuffix("_")


def _checked(hint: Any) -> Schema:  # noqa: ANN401 - a type is any object here
    """The schema of a parameter of this type, which also checks that text is readable and limits the length of lists."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        found = _marked(arguments[1])
        return _checked(arguments[0]) if found is None else found  # typed content: its form is checked here, its fields by the domain
    if hint is str:
        return _text(text.REASON)
    if origin in (types.UnionType, typing.Union):
        return _either(arguments, _checked)
    if origin is list:
        return _core().list_schema(_checked(arguments[0]), max_length=MOST_ITEMS)
    if hint in WRITTEN:
        return _core().no_info_plain_validator_function(WRITTEN[hint][0])
    if is_dataclass(hint):
        return _given(hint)
    return _plain(hint)


def _marked(mark: object) -> Schema:
    """The schema that a mark of ours asks for; None for other marks."""
    if isinstance(mark, Length):
        return _text(mark.longest)
    if isinstance(mark, Among):
        return _core().literal_schema(list(mark.words))
    if isinstance(mark, AnyOf):
        return _core().no_info_plain_validator_function(mark.read)
    if isinstance(mark, Between):
        return _core().int_schema(ge=mark.least, le=mark.most)
    return None


def _text(longest: int) -> Schema:
    return _core().no_info_after_validator_function(readable, _core().str_schema(min_length=1, max_length=longest))


def _either(arguments: Iterable[object], checked: Callable[[object], Schema]) -> Schema:
    """The schema of an optional type; date and datetime share one check, so that a refusal names only the field."""
    kinds = set(arguments) - {type(None)}
    if kinds == {date, datetime}:
        schema = _core().no_info_plain_validator_function(day_or_moment)
    else:
        [kind] = kinds
        schema = checked(kind)
    return _core().nullable_schema(schema) if type(None) in set(arguments) else schema


def _given(kind: Any) -> Schema:  # noqa: ANN401 - a dataclass of the domain
    """The schema of a nested object; its form is checked here, its fields by the domain."""
    hints, rows = typing.get_type_hints(kind), []
    for row in fields(kind):
        schema = _plain(hints[row.name])
        if row.default is not MISSING:
            schema = _core().with_default_schema(schema, default=row.default)
        rows.append(_core().dataclass_field(row.name, schema))
    names = [row.name for row in fields(kind)]
    return _core().dataclass_schema(kind, _core().dataclass_args_schema(kind.__name__, rows), names, config=STRICT)


def _plain(hint: Any) -> Schema:  # noqa: ANN401 - a type is any object here
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _either(arguments, _plain)
    if origin is typing.Literal:
        return _core().literal_schema(list(arguments))
    if origin is list:
        return _core().list_schema(_plain(arguments[0]))
    if origin in (dict, Mapping):
        return _core().dict_schema(_core().str_schema(), _core().any_schema())
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _core().enum_schema(hint, list(hint.__members__.values()), sub_type="str")
    simple: Mapping[object, Callable[[], Schema]] = {
        UUID: _core().uuid_schema,
        str: _core().str_schema,
        int: _core().int_schema,
        bool: _core().bool_schema,
        date: _core().date_schema,
    }
    return simple[hint]()
