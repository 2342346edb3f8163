"""Trees of causes of a given depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def of_depth(levels: int) -> dict[str, Any]:
    """A why-tree of one branch."""
    return {"text": "Why", "because": [of_depth(levels - 1)]} if levels > 1 else {"text": "Why"}


def nodes_of(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The tests' own walk."""
    yield tree
    for below in tree.get("because", ()):
        yield from nodes_of(below)
