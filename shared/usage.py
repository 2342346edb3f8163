"""Usage data for analysts: anonymous daily counts, in tables whose every column says what it means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column; `kind` is BigQuery's type (DATE, STRING, INTEGER, FLOAT, ...). A required one is never empty."""

    name: str
    kind: str
    description: str
    required: bool = True


@dataclass(frozen=True)
class Table:
    """One table; `partition` is its column of type DATE, for a day is replaced as a whole; `clustering` at most four columns."""

    name: str
    description: str
    columns: tuple[Column, ...]
    partition: str
    clustering: tuple[str, ...] = ()
