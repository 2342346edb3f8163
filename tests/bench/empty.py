"""The measure of a cold start: a function of the framework's that does nothing and imports nothing."""

from __future__ import annotations


def empty(request: object) -> str:
    """Nothing at all."""
    return "{}"
