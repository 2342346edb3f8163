"""What every answer takes from its rows: text for ids and times, the entity tag, and the gate for JSON that was made whole elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar, cast, overload
from uuid import UUID

from shared.domain.kernel import canonical

Answer = TypeVar("Answer")
HIDDEN = frozenset({"organisation_id", "revision"})


def etag(revision: int) -> str:
    """The entity tag of a row's revision (RFC 9110 §8.8.3), strong and quoted."""
    return f'"{revision}"'


@overload
def written(value: UUID | date) -> str: ...
@overload
def written(value: UUID | date | None) -> str | None: ...
def written(value: UUID | date | None) -> str | None:
    """An id, a day or a moment as answers write it."""
    return None if value is None else str(canonical.plain(value))


def as_answer(_kind: type[Answer], made: object) -> Answer:
    """`made` as an answer of this kind: JSON that a statement, or the domain, made whole, into which mypy can't look.

    That it is what it says is for the tests to see: they hold every answer of every function to its schema in OpenAPI.
    """
    return cast("Answer", made)


def as_answers(kind: type[Answer], made: Iterable[object] | None) -> list[Answer]:
    """The same of a list; null is none."""
    return [as_answer(kind, one) for one in made or ()]


def shown(row: Mapping[str, object]) -> dict[str, object]:
    """A row as the database keeps it, without the columns that are the server's own."""
    return {name: value for name, value in row.items() if name not in HIDDEN}
