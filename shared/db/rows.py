"""Conversion between database rows and the domain's dataclasses, generic for all tables.

A dataclass has the columns of its table as fields. `revision` 0 means that the row is new.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from shared.db.tables import place_of, table_of
from shared.db.transaction import SETTING
from shared.domain.kernel import canonical
from shared.domain.kernel.errors import Stale
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

Row = TypeVar("Row")


@dataclass(frozen=True)
class Part:
    """One table's part of a save: a statement taking `:rows` (JSON), and the number of rows that it must write (None: any)."""

    sql: str
    rows: str
    expected: int | None = None


def save(tx: Transaction, rows: Iterable[object], further: Sequence[Part] = (), /, **settings: str) -> None:
    """Insert new rows and update others, guarded by their revision, in one statement with `settings` in effect.

    `further` parts join the statement; like all its parts, they see the data from before it.
    Raises Stale if a row changed since it was read.
    """
    batch = parts(rows, further)
    if not batch:
        return
    values = {f"rows_{place}": part.rows for place, part in enumerate(batch)}
    sql = _together(tuple(part.sql for part in batch), set_first=bool(settings))
    written = tx.row(sql, **values, **({"settings": settings} if settings else {}))
    if any(part.expected not in (None, count) for part, count in zip(batch, written.counts, strict=True)):
        raise Stale(Sentence("changed_by_somebody_else", "Somebody else changed this in the meantime. Read it again, then decide again."))


@cache
def _together(statements: tuple[str, ...], *, set_first: bool) -> str:
    """One statement of all parts; audit triggers run at its end, with the settings in effect."""
    wholes = [f"part_{place} as ({sql.replace(':rows', f':rows_{place}')})" for place, sql in enumerate(statements)]
    counts = ", ".join(f"(select count(*) from part_{place})" for place in range(len(statements)))
    settings = f", ({SETTING}) as settings" if set_first else ""
    return f"with {', '.join(wholes)} select array[{counts}] as counts{settings}"


def parts(rows: Iterable[object], further: Sequence[Part] = ()) -> list[Part]:
    """One part for the inserts and one for the updates of each table, parents first, then the `further` parts."""
    groups: dict[tuple[type, bool], list[object]] = {}
    for row in rows:
        groups.setdefault((type(row), row.revision == 0), []).append(row)  # type: ignore[attr-defined]  # every row has one
    order = sorted(groups, key=lambda one: (place_of(one[0]), not one[1]))
    made = [
        Part(_insert(kind), _dump(groups[kind, new])) if new else Part(_update(kind), _dump(groups[kind, new]), len(groups[kind, new]))
        for kind, new in order
    ]
    return [*made, *further]


def remove(tx: Transaction, rows: Iterable[object]) -> None:
    """Delete rows of a join table; the audit trail keeps their values."""
    groups: dict[type, list[object]] = {}
    for row in rows:
        groups.setdefault(type(row), []).append(row)
    for kind, batch in groups.items():
        table = table_of(kind)
        keys = " and ".join(f"t.{name} = r.{name}" for name in table.key)
        gone = f"jsonb_populate_recordset(null::{table.name}, cast(:rows as jsonb)) r"
        tx.rows(f"delete from {table.name} t using {gone} where {keys} returning 1 as gone", rows=_dump(batch))


@cache
def _insert(kind: type) -> str:
    table, names = table_of(kind), _names(kind)
    columns = ", ".join(names)
    values = ", ".join("1" if name == "revision" else f"r.{name}" for name in names)
    conflict = "on conflict do nothing " if table.once else ""
    return (
        f"insert into {table.name} ({columns}) select {values}"
        f" from jsonb_populate_recordset(null::{table.name}, cast(:rows as jsonb)) r {conflict}returning 1 as written"
    )


@cache
def _update(kind: type) -> str:
    table = table_of(kind)
    sets = ", ".join(f"{name} = r.{name}" for name in table.mutable)
    keys = " and ".join(f"t.{name} = r.{name}" for name in table.key)
    return (
        f"update {table.name} t set {sets}, revision = t.revision + 1"
        f" from jsonb_populate_recordset(null::{table.name}, cast(:rows as jsonb)) r"
        f" where {keys} and t.revision = r.revision returning 1 as written"
    )


def _dump(batch: list[object]) -> str:
    return json.dumps([{name: getattr(row, name) for name in _names(type(row))} for row in batch], default=canonical.plain)  # type: ignore[arg-type]  # mypy looks at the row's hash, not its class's


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def read(kind: type[Row], row: Mapping[str, object] | None) -> Row:
    """The dataclass of one row given as JSON (`to_jsonb(row)`)."""
    if row is None:
        message = f"there is no {kind.__name__} to read"
        raise LookupError(message)
    return kind(**{name: convert(row[name]) if row[name] is not None else None for name, convert in _converters(kind) if name in row})  # type: ignore[arg-type]  # mypy looks at the row's hash, not its class's


def read_all(kind: type[Row], rows: Iterable[Mapping[str, object]] | None) -> tuple[Row, ...]:
    """The dataclasses of a JSON array of rows; null is none."""
    return tuple(read(kind, row) for row in rows or ())


@cache
def _converters(kind: type) -> tuple[tuple[str, Callable[[object], object]], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((field.name, _converter(hints[field.name])) for field in fields(kind))


def _converter(hint: object) -> Callable[[object], object]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return _converter(next(part for part in typing.get_args(hint) if part is not type(None)))
    if typing.get_origin(hint) is tuple:
        inner = _converter(typing.get_args(hint)[0])
        return lambda value: tuple(inner(item) for item in typing.cast("list[object]", value))
    if hint is UUID:
        return lambda value: UUID(str(value))
    if hint is datetime:
        return lambda value: datetime.fromisoformat(str(value))
    if hint is date:
        return lambda value: date.fromisoformat(str(value))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return lambda value: value
