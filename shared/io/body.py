"""A request's body and query, checked by the function's own signature: strict types, no unknown field, no unreadable text."""

from __future__ import annotations

import inspect
import json
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING

from shared import text
from shared.errors import Invalid, TooLarge, UnsupportedMedia
from shared.io.imports import importing

if TYPE_CHECKING:
    from flask import Request
    from pydantic import BaseModel

Day = typing.TypeVar("Day", date, datetime)
MOST_BYTES = 1024 * 1024
DEEPEST = 32


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


Limit = typing.Annotated[int, Between(1, 100)]


def read(request: Request) -> tuple[bytes, Invalid | None]:
    """The body's bytes; a fault of its form comes back rather than raised, because who calls is judged before what is said.

    Raises TooLarge and UnsupportedMedia at once.
    """
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMedia("Send the body as application/json in UTF-8.")
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(f"The body is larger than {MOST_BYTES // 1024} KiB; upload files with start_upload.")
    raw = request.stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise TooLarge(f"The body is larger than {MOST_BYTES // 1024} KiB; upload files with start_upload.")
    try:
        _judge(raw)
    except Invalid as fault:
        return raw, fault
    return raw, None


def _judge(raw: bytes) -> None:
    try:
        parsed = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError:
        raise Invalid("body", "The body isn't UTF-8.") from None
    except RecursionError:
        raise Invalid("body", "The body is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise Invalid("body", f"The body isn't JSON: {error.msg} at character {error.pos}.") from None
    except ValueError as error:
        raise Invalid("body", "The body isn't JSON that every reader understands in the same way.") from error
    if not isinstance(parsed, dict):
        raise Invalid("body", "The body must be a JSON object with named fields.")
    _walk("body", parsed, 0)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, _ in pairs if [other for other, _ in pairs].count(name) > 1)
        raise Invalid(twice, "This field stands in the body twice.")
    return found


def _no_constant(name: str) -> object:
    raise Invalid("body", f"The body holds {name}, which isn't JSON.")


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise Invalid("body", f"The number {digits[:20]} is too large.")
    return value


def _walk(path: str, value: object, depth: int) -> None:
    if depth > DEEPEST:
        raise Invalid("body", "The body is nested too deeply.")
    if isinstance(value, str):
        sentence = text.fault(value, MOST_BYTES)
        if sentence is not None:
            raise Invalid(path, sentence)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            _walk("body", name, depth)
            _walk(name if path == "body" else f"{path}.{name}", item, depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _walk(f"{path}.{index}", item, depth + 1)


def check_body(function: Callable[..., object], raw: bytes) -> dict[str, object]:
    """The arguments of a step, from the JSON body; raises Invalid naming the first bad or unknown field."""
    return _arguments(function, lambda form: form.model_validate_json(raw))


def check_query(function: Callable[..., object], request: Request) -> dict[str, object]:
    """The arguments of a read, from the query; raises Invalid naming the first bad, unknown or repeated parameter."""
    given: dict[str, object] = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Invalid(name, "Give this parameter once.")
        sentence = text.fault(values[0], text.REASON)
        if sentence is not None:
            raise Invalid(name, sentence)
        given[name] = values[0]
    return _arguments(function, lambda form: form.model_validate_strings(given))


def _arguments(function: Callable[..., object], validate: Callable[[type[BaseModel]], BaseModel]) -> dict[str, object]:
    with importing():
        from pydantic import ValidationError

    form = model(function)
    try:
        checked = validate(form)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise Invalid(field, _sentence(first["type"], first["msg"])) from None
    return {name: getattr(checked, name) for name in checked.model_fields_set}


def _sentence(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "There is no such field here; remove it."
    if kind == "missing":
        return "This field is needed."
    return f"{message.removeprefix('Value error, ')}."


@cache
def model(function: Callable[..., object]) -> type[BaseModel]:
    """The function's parameters after `call` as a pydantic model: the schema that requests are checked by and OpenAPI shows."""
    with importing():
        from pydantic import ConfigDict, Field, create_model

    hints = typing.get_type_hints(function, include_extras=True)
    fields: dict[str, typing.Any] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        spoken = parameter.name.removesuffix("_")  # `from_` in Python is `from` in the API
        fields[parameter.name] = (_typed(hints[parameter.name]), Field(default, alias=spoken))
    configuration = ConfigDict(extra="forbid", strict=True)
    made: type[BaseModel] = create_model(function.__name__, __config__=configuration, **fields)
    return made


def _typed(hint: typing.Any) -> typing.Any:  # noqa: ANN401 - a type is any object here
    """A parameter's type with our marks as pydantic's: every text is checked for being readable."""
    import types

    with importing():
        from pydantic import Field, PlainValidator, WithJsonSchema
        from pydantic.functional_validators import AfterValidator

    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        kind, mark = arguments[0], arguments[1]
        if isinstance(mark, Length):
            return typing.Annotated[kind, Field(min_length=1, max_length=mark.longest), AfterValidator(_readable)]
        if isinstance(mark, Between):
            return typing.Annotated[kind, Field(ge=mark.least, le=mark.most)]
        return hint
    if origin in (types.UnionType, typing.Union):
        if {date, datetime} <= set(arguments):  # one validator, so that a refusal names the field and nothing else
            schema = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}
            either = typing.Annotated[typing.Any, PlainValidator(_day_or_moment), WithJsonSchema(schema)]
            return typing.Union[tuple(either if one is date else _typed(one) for one in arguments if one is not datetime)]  # noqa: UP007 - made from parts
        return typing.Union[tuple(_typed(part) for part in arguments)]  # noqa: UP007 - made from parts
    if origin in (list, tuple) and arguments:
        return typing.Annotated[list[_typed(arguments[0])], Field(max_length=100)]  # type: ignore[misc]  # made from parts
    if hint in TIMES:
        read_one, name = TIMES[hint]
        return typing.Annotated[hint, PlainValidator(read_one), WithJsonSchema({"type": "string", "format": name})]
    if hint is str:
        return typing.Annotated[str, Field(min_length=1, max_length=text.REASON), AfterValidator(_readable)]
    return hint


def _day(value: object) -> date:
    """A calendar date, written as YYYY-MM-DD and in no other way (RFC 3339 full-date)."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        message = "This must be a date as YYYY-MM-DD"
        raise ValueError(message)
    try:
        return _near(date.fromisoformat(value))
    except ValueError:
        message = "There is no such day, or it is far from today"
        raise ValueError(message) from None


def _moment(value: object) -> datetime:
    """A moment with its offset from UTC (RFC 3339 date-time): without one it would mean another moment to each reader."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        message = "This must be a date and time with its offset from UTC, such as 2030-01-31T09:00:00Z"
        raise ValueError(message)
    try:
        return _near(datetime.fromisoformat(value.upper()).astimezone(UTC))
    except (ValueError, OverflowError):
        message = "There is no such moment, or it is far from now"
        raise ValueError(message) from None


def _near(day: Day) -> Day:
    """The day or moment, if every time zone has it and the calendar goes on around it."""
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError
    return day


def _day_or_moment(value: object) -> date | datetime:
    """A calendar date, or a moment with its offset from UTC."""
    return _day(value) if isinstance(value, str) and DAY.fullmatch(value) else _moment(value)


EARLIEST, LATEST = 1900, 9998
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
TIMES: Mapping[object, tuple[Callable[[object], object], str]] = {date: (_day, "date"), datetime: (_moment, "date-time")}


def _readable(value: str) -> str:
    if not text.visible(value):
        message = "This is empty; write something that can be read"
        raise ValueError(message)
    return value.strip()
