"""Conversions from rows to answers: ids and times as text, entity tags, and casts of ready-made JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar, cast, overload
from uuid import UUID

from shared.domain.kernel import canonical

Answer = TypeVar("Answer")
HIDDEN = frozenset({"organisation_id", "revision"})


def etag(revision: int) -> str:
    """The strong entity tag of a row's revision (RFC 9110 §8.8.3)."""
    return f'"{revision}"'


@overload
def written(value: UUID | date) -> str: ...
@overload
def written(value: UUID | date | None) -> str | None: ...
def written(value: UUID | date | None) -> str | None:
    """An id, a day or a moment as text."""
    return None if value is None else str(canonical.plain(value))


def moments(row: Mapping[str, object]) -> dict[str, object]:
    """A row that a query made ready, its moments (`..._at`) as `written` writes them."""
    return {
        name: written(datetime.fromisoformat(value)) if name.endswith("_at") and isinstance(value, str) else value
        for name, value in row.items()
    }


def as_answer(_kind: type[Answer], made: object) -> Answer:
    """`made` typed as this answer: JSON that a query or the domain built, whose shape mypy can't check.

    The tests check it: they validate every answer of every function against its OpenAPI schema.
    """
    return cast("Answer", made)


def as_answers(kind: type[Answer], made: Iterable[object] | None) -> list[Answer]:
    """The items of a list, each typed as this answer; null is an empty list."""
    return [as_answer(kind, one) for one in made or ()]


def shown(row: Mapping[str, object]) -> dict[str, object]:
    """A row of the database without its internal columns."""
    return {name: value for name, value in row.items() if name not in HIDDEN}
