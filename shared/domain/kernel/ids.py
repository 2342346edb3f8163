"""Identifiers: UUID version 7 (RFC 9562 §5.7), so that ids sort by the time they were made and are never used again."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from uuid import UUID


def new(at: datetime) -> UUID:
    """A new id of the moment `at` (aware, UTC): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    random = secrets.randbits(74)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)


def is_id(value: object) -> bool:
    """Whether a value is an id."""
    if not isinstance(value, str) or len(value) != 36:
        return False
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def ids_in(values: Iterable[object]) -> set[str]:
    """Every id anywhere in it; actors are `person:<id>`."""
    found: set[str] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += chain(value)
        elif isinstance(value, str) and is_id(value.removeprefix("person:")):
            found.add(value.removeprefix("person:"))
    return found
