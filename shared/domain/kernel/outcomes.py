"""What a step changes: rows to write and remove, mail to send, and the steps that the system takes because of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

from shared.domain.kernel.values import dataclass, replace

Row = TypeVar("Row")


@dataclass(frozen=True)
class Notice:
    """Mail to people about a step; their addresses and languages are looked up when it is queued."""

    template: str
    person_ids: tuple[UUID, ...]
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What a step changes: rows to save and remove, mail to send, and the steps that the system takes because of it."""

    saves: tuple[object, ...] = ()
    removes: tuple[object, ...] = ()
    notices: tuple[Notice, ...] = ()
    follows: tuple[Following, ...] = ()


@dataclass(frozen=True)
class Following:
    """A step that the system takes in the same transaction, audited as the system's, with its cause."""

    step: str
    cause: str
    saves: tuple[object, ...] = ()
    removes: tuple[object, ...] = ()


def saved(row: Row) -> Row:
    """The row as it will be once saved: its revision is one higher."""
    return replace(row, revision=row.revision + 1)  # type: ignore[type-var,attr-defined]  # every row has a revision
