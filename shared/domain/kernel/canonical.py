"""The canonical bytes of a JSON value, over which hashes and signatures are computed (RFC 8785, JSON Canonicalization Scheme)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, NoReturn
from uuid import UUID

Json = dict[str, object]  # an object of JSON
LARGEST_EXACT = 2**53 - 1
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def encode(value: object) -> bytes:
    """`value` as RFC 8785 bytes.

    Accepts None, bool, int within +-(2**53 - 1), str, list, tuple, set (sorted as text), dict, UUID, date, datetime (aware; as UTC)
    and Enum. Raises ValueError for anything else, floats included: two readers may round a float differently.
    """
    return _text(plain(value)).encode("utf-8", "strict")


def sha256(value: object) -> str:
    """The SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(encode(value)).hexdigest()


def plain(value: object) -> object:
    """`value` as plain JSON data: ids, dates and enums become text."""
    form = _FORMS.get(type(value))
    if form is None:
        form = next((form for kind, form in _FORMS.items() if isinstance(value, kind)), _refuse)
    return form(value)


def _itself(value: object) -> object:
    return value


def _moment(value: datetime) -> str:
    return _refuse(value) if value.tzinfo is None else value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _named(value: Mapping[object, object]) -> dict[str, object]:
    named = {str(name): plain(item) for name, item in value.items()}
    return named if len(named) == len(value) else _refuse(value)


def _listed(value: Iterable[object]) -> list[object]:
    return [plain(item) for item in value]


def _sorted(value: Iterable[object]) -> list[object]:
    return sorted(_listed(value), key=str)


def _refuse(value: object) -> NoReturn:
    message = f"{type(value).__name__} has no canonical form"
    raise ValueError(message)


# How each type is written; a subclass is written as the first of these types that it derives from.
_FORMS: Mapping[type, Callable[[Any], object]] = {
    Enum: lambda value: plain(value.value),
    str: _itself,
    int: _itself,
    bool: _itself,
    type(None): _itself,
    UUID: str,
    datetime: _moment,
    date: lambda value: value.isoformat(),
    Mapping: _named,
    dict: _named,
    frozenset: _sorted,
    set: _sorted,
    bytes: _refuse,
    bytearray: _refuse,
    memoryview: _refuse,
    list: _listed,
    tuple: _listed,
    Sequence: _listed,
}


def _text(value: object) -> str:
    """The canonical text of plain JSON data."""
    return _WRITER.encode(_ordered(value))


def _ordered(value: object) -> object:
    """The same data with object keys sorted by UTF-16 code units (RFC 8785 §3.2.3), which equals text order for ASCII."""
    if isinstance(value, dict):
        plainly = all(map(str.isascii, value))
        names = sorted(value) if plainly else sorted(value, key=lambda name: name.encode("utf-16-be"))
        return {name: _ordered(value[name]) for name in names}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if isinstance(value, int) and abs(value) > LARGEST_EXACT:
        message = f"{value} can't be read exactly by every JSON reader"
        raise ValueError(message)
    return value
