"""Reading values whose shape only the database or a file knows: what isn't of the expected shape reads as empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def as_object(value: object) -> Mapping[str, Any]:
    """The named fields of an object of JSON; none if it isn't an object."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: object) -> list[Any]:
    """The items of a list of JSON; none if it isn't a list."""
    return list(value) if isinstance(value, (list, tuple)) else []
