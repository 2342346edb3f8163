"""Arguments for any function of the register, made from its own signature: new functions are covered as soon as they are registered."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from itertools import count
from typing import Any, Literal
from uuid import UUID, uuid4

from infra import openapi
from shared.doors.body import Among, AnyOf
from shared.doors.door import Door

NUMBERS = count(1)
# What a parameter holds where its type alone doesn't say.
BY_NAME: Mapping[str, Any] = {
    "type": "sop",
    "filename": "a.pdf",
    "media_type": "application/pdf",
    "size": 10,
    "sha256": "0" * 64,
    "subject_kind": "approval_request",
    "meaning": "approved",
    "from": 1,
    "to": 2,
    "items": None,
}
# What it holds in one function only.
BY_FUNCTION: Mapping[tuple[str, str], Any] = {
    ("report_event", "type"): "deviation",
    ("link_records", "type"): "caused_by",
    ("triage_event", "severity"): "minor",
    ("correct_event_type", "type"): "complaint",
    ("start_export", "arguments"): {"register": "documents", "format": "csv"},
    ("start_export", "function"): "export_register",
}
# What is needed together, though each may be left out where something else is given.
TOGETHER: Mapping[str, tuple[str, ...]] = {"start_signing": ("subject_kind", "subject_id", "meaning")}
DOORS: dict[str, Door] = {name: door for name, (_, door) in openapi.doors().items()}


def spoken(parameter: str) -> str:
    """A parameter's name in the API: `from_` in Python is `from` there."""
    return parameter.removesuffix("_")


def parameters(door: Door) -> dict[str, tuple[Any, bool]]:
    """Each parameter of the API with its type and whether it is needed."""
    hints = typing.get_type_hints(door.function, include_extras=True)
    rows = list(inspect.signature(door.function).parameters.values())[1:]
    return {spoken(row.name): (hints[row.name], row.default is inspect.Parameter.empty) for row in rows}


def sample(door: Door, **given: Any) -> dict[str, Any]:
    """A well-formed body or query: what is needed, ids that nobody has, and whatever is `given`."""
    together = () if "subjects" in given else TOGETHER.get(door.name, ())
    needed = {
        name: BY_FUNCTION.get((door.name, name)) or _value(name, hint)
        for name, (hint, required) in parameters(door).items()
        if required or name in together
    }
    return {**needed, **given}


def _value(name: str, hint: Any) -> Any:  # noqa: C901 - one branch a kind of type
    if name == "email":
        return f"nobody{next(NUMBERS)}@test.qfacts.example"
    if name == "token":
        return f"{uuid4()}.secret"
    if name in ("from", "to") and date in typing.get_args(hint):
        return "2020-01-31"
    if BY_NAME.get(name) is not None:
        return BY_NAME[name]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        among = next((mark.words[0] for mark in arguments[1:] if isinstance(mark, Among | AnyOf)), None)
        return among or _value(name, arguments[0])
    if origin in (types.UnionType, typing.Union):
        return _value(name, next(one for one in arguments if one is not type(None)))
    if origin is Literal:
        return arguments[0]
    if origin in (list, tuple):
        return [_value(name, arguments[0])]
    if isinstance(hint, type) and is_dataclass(hint):
        return {row.name: _value(row.name, typing.get_type_hints(hint)[row.name]) for row in fields(hint) if row.default is MISSING}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint)).value
    plain: dict[Any, Callable[[], object]] = {
        UUID: lambda: str(uuid4()),
        str: lambda: f"Sample {name}",
        int: lambda: 1,
        bool: lambda: False,
        dict: dict,
    }
    plain |= {date: lambda: "2030-01-31", datetime: lambda: "2030-01-31T00:00:00Z"}
    return plain[origin or hint]()


def id_paths(door: Door) -> Iterator[tuple[str, ...]]:
    """Where ids go: ("id",), ("team_ids", "0"), ("items", "0", "owner_id"); of content the fields that name something."""
    for name, (hint, _) in parameters(door).items():
        yield from _ids((name,), hint)


def _ids(path: tuple[str, ...], hint: Any) -> Iterator[tuple[str, ...]]:  # noqa: C901 - one branch a kind of type
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union, typing.Annotated):
        for one in arguments:
            if one is not type(None):
                yield from _ids(path, one)
    elif origin in (list, tuple):
        yield from _ids((*path, "0"), arguments[0])
    elif isinstance(hint, type) and is_dataclass(hint):
        for row in fields(hint):
            yield from _ids((*path, row.name), typing.get_type_hints(hint)[row.name])
    elif hint is UUID:
        yield path
    elif path[-1] == "content":
        for inner in (("file_id",), ("source_file_id",), ("attachments", "0"), ("audience", "team_ids", "0")):
            yield (*path, *inner)
    elif path[-1] == "approval_policy":
        yield (*path, "document", "approver_ids", "0")
    elif path == ("token",):
        yield path


def put_at(body: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """`body` with `value` at `path`; lists hold one item."""
    place: Any = body
    for step, following in zip(path, (*path[1:], None), strict=True):
        key: Any = 0 if isinstance(place, list) else step
        if following is None:
            if isinstance(place, list):
                place[:] = [value]
            else:
                place[key] = value
            return body
        empty: Any = [] if following == "0" else {}
        if isinstance(place, list):
            if not place:
                place.append(empty)
        elif not isinstance(place.get(key), type(empty)):
            place[key] = empty
        place = place[key]
    return body
