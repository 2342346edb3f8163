"""The check of a request's parameters against the function's own signature: strict types, no unknown field, readable text."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.domain.kernel import text
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.values import dataclass
from shared.domain.records.kinds import KINDS
from shared.outside.imports import importing

if TYPE_CHECKING:
    from flask import Request
    from pydantic_core import CoreConfig, SchemaValidator
    from pydantic_core.core_schema import TypedDictField

Schema = Any  # of pydantic's core, which is imported late
Day = typing.TypeVar("Day", date, datetime)
MOST_ITEMS = 100
STRICT: CoreConfig = {"strict": True, "extra_fields_behavior": "forbid"}


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


Limit = typing.Annotated[int, Between(1, 100)]
KindName = typing.Annotated[str, Among(tuple(KINDS))]


def check_body(function: Callable[..., object], raw: bytes) -> dict[str, object]:
    """The arguments of a step, from the JSON body; raises Invalid naming the first bad or unknown field."""
    return _arguments(function, lambda checker: checker.validate_json(raw))


def check_query(function: Callable[..., object], request: Request) -> dict[str, object]:
    """The arguments of a read, from the query; raises Invalid naming the first bad, unknown or repeated parameter."""
    given: dict[str, Any] = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Invalid(name, "Give this parameter once.")
        sentence = text.fault(values[0], text.REASON)
        if sentence is not None:
            raise Invalid(name, sentence)
        given[name] = values[0]
    return _arguments(function, lambda checker: checker.validate_strings(given))


def _arguments(function: Callable[..., object], validate: Callable[[SchemaValidator], dict[str, object]]) -> dict[str, object]:
    with importing():
        from pydantic_core import ValidationError

        checker = _checker(function)
    try:
        return validate(checker)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise Invalid(field, _sentence(first["type"], first["msg"])) from None


def _sentence(kind: str, message: str) -> str:
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        return "There is no such field here; remove it."
    if kind == "missing":
        return "This field is needed."
    return f"{message.removeprefix('Value error, ')}."


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
        if isinstance(arguments[1], Length):
            return _text(arguments[1].longest)
        if isinstance(arguments[1], Among):
            return _core().literal_schema(list(arguments[1].words))
        if isinstance(arguments[1], Between):
            return _core().int_schema(ge=arguments[1].least, le=arguments[1].most)
        return _checked(arguments[0])  # typed content: its form is checked here, its fields by the domain
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


def identifier(value: object) -> UUID:
    """An id in the form of RFC 9562 §4 only, so that it reads the same in requests, audit trail and logs."""
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        message = "This must be an id (a UUID) with its hyphens"
        raise ValueError(message)
    return UUID(value)


def day(value: object) -> date:
    """A calendar date in the form YYYY-MM-DD only (RFC 3339 full-date)."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        message = "This must be a date as YYYY-MM-DD"
        raise ValueError(message)
    try:
        return _near(date.fromisoformat(value))
    except ValueError:
        message = "There is no such day, or it is far from today"
        raise ValueError(message) from None


def moment(value: object) -> datetime:
    """A moment with its offset from UTC (RFC 3339 date-time); without the offset it would be ambiguous."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        message = "This must be a date and time with its offset from UTC, such as 2030-01-31T09:00:00Z"
        raise ValueError(message)
    try:
        return _near(datetime.fromisoformat(value.upper()).astimezone(UTC))
    except (ValueError, OverflowError):
        message = "There is no such moment, or it is far from now"
        raise ValueError(message) from None


def _near(day: Day) -> Day:
    """The day or moment, if its year is between EARLIEST and LATEST, so that time zone arithmetic can't overflow."""
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError
    return day


def day_or_moment(value: object) -> date | datetime:
    """A calendar date, or a moment with its offset from UTC."""
    return day(value) if isinstance(value, str) and DAY.fullmatch(value) else moment(value)


EARLIEST, LATEST = 1900, 9998
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
IDENTIFIER = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# Types with exactly one written form, and that form's name in JSON Schema.
WRITTEN: Mapping[object, tuple[Callable[[object], object], str]] = {
    date: (day, "date"),
    datetime: (moment, "date-time"),
    UUID: (identifier, "uuid"),
}


def readable(value: str) -> str:
    """The text without surrounding space; raises ValueError if nothing in it is visible."""
    if not text.visible(value):
        message = "This is empty; write something that can be read"
        raise ValueError(message)
    return value.strip()
