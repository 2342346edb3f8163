"""Rows of the database as the domain's dataclasses, and back: one generic way for every table.

A dataclass has the columns of its table as fields. `revision` 0 means that the row isn't there yet.
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

from shared.db.database import SETTING
from shared.domain.capa import actions, extensions
from shared.domain.changes import comments, proposals
from shared.domain.changes.proposals import Item, ItemFile
from shared.domain.files import files
from shared.domain.kernel import canonical
from shared.domain.kernel.errors import Stale
from shared.domain.kernel.values import dataclass
from shared.domain.people import organisations, people
from shared.domain.people.erasures import Erasure
from shared.domain.records import links, records
from shared.domain.signing import signatures
from shared.domain.signing.trail_reviews import Review
from shared.domain.trainings.assignments import Assignment
from shared.domain.trainings.quizzes import Attempt

if TYPE_CHECKING:
    from shared.db.database import Transaction

Row = TypeVar("Row")


@dataclass(frozen=True)
class Table:
    """Where a dataclass is kept: its table, its key, the columns that may ever be updated.

    `once`: inserting a row that is there already changes nothing.
    """

    name: str
    key: tuple[str, ...]
    mutable: tuple[str, ...] = ()
    once: bool = False


_ORG = "organisation_id"
# In the order in which rows may be inserted: parents before children.
TABLES: Mapping[type, Table] = {
    people.Person: Table("people", ("id",), ("email", "name", "language", "time_zone", "unsubscribed", "updated_at")),
    organisations.Organisation: Table("organisations", ("id",), ("name", "time_zone", "language", "settings", "updated_at")),
    people.Member: Table(
        "members", (_ORG, "person_id"), ("role", "admin", "status", "role_until", "printed_name", "policy_accepted_at", "updated_at")
    ),
    organisations.Team: Table("teams", (_ORG, "id"), ("name", "updated_at")),
    organisations.TeamMember: Table("team_members", (_ORG, "team_id", "person_id"), once=True),
    organisations.Invitation: Table("invitations", (_ORG, "id"), ("status", "accepted_by", "updated_at")),
    files.File: Table("files", (_ORG, "id"), ("status", "finished_at")),
    records.Download: Table("downloads", (_ORG, "id")),
    records.Record: Table(
        "records",
        (_ORG, "id"),
        (
            "title",
            "owner_id",
            "team_id",
            "status",
            "version",
            "latest_version",
            "effective_version",
            "due_on",
            "content",
            "closed_at",
            "updated_at",
        ),
    ),
    records.Contributor: Table("contributors", (_ORG, "record_id", "person_id"), once=True),
    records.RecordFile: Table("record_files", (_ORG, "record_id", "file_id", "field"), once=True),
    records.Note: Table("notes", (_ORG, "id")),
    records.NoteFile: Table("note_files", (_ORG, "note_id", "file_id")),
    proposals.Change: Table(
        "changes",
        (_ORG, "id"),
        ("title", "reason", "impact", "risk", "effective_on", "status", "round", "owner_id", "follow_ups", "updated_at"),
    ),
    proposals.Author: Table("change_authors", (_ORG, "change_id", "person_id"), once=True),
    Item: Table(  # whoever asks what a change is about asks `present_items`, which leaves out what was taken out of it
        "change_items",
        (_ORG, "change_id", "record_id"),
        ("step", "base_version", "title", "owner_id", "team_id", "content", "in_approval", "removed"),
    ),
    ItemFile: Table("change_item_files", (_ORG, "change_id", "record_id", "file_id", "field"), once=True),
    proposals.Round: Table("rounds", (_ORG, "change_id", "round")),
    proposals.Request: Table("approval_requests", (_ORG, "id"), ("status", "cause", "closed_at", "updated_at")),
    records.Version: Table(
        "versions",
        (_ORG, "record_id", "version"),
        ("status", "effective_on", "effective_at", "ended_at", "next_review_on"),
    ),
    links.Link: Table("links", (_ORG, "id"), once=True),
    actions.Action: Table(
        "actions",
        (_ORG, "id"),
        (
            "kind",
            "description",
            "owner_id",
            "status",
            "due_on",
            "extensions",
            "evidence",
            "completed_by",
            "completed_at",
            "verified_by",
            "verified_at",
            "returned_reason",
            "closed_at",
            "updated_at",
        ),
    ),
    actions.ActionFile: Table("action_files", (_ORG, "action_id", "file_id"), once=True),
    extensions.Extension: Table("extensions", (_ORG, "id"), ("status", "decided_by", "decided_at", "decision_reason", "updated_at")),
    comments.Comment: Table("comments", (_ORG, "id"), ("status", "resolved_by", "resolved_at", "updated_at")),
    Assignment: Table(
        "assignments",
        (_ORG, "id"),
        ("status", "due_on", "valid_until", "completed_at", "learner_signed_at", "attempts", "closed_at", "updated_at"),
    ),
    Attempt: Table("quiz_attempts", (_ORG, "id"), ("answers", "correct", "passed", "ended_at")),
    records.VersionFile: Table("version_files", (_ORG, "record_id", "version", "file_id", "field")),
    signatures.Challenge: Table("challenges", (_ORG, "id"), ("used_at",)),
    signatures.Signature: Table("signatures", (_ORG, "id")),
    signatures.SigningFailure: Table("signing_failures", (_ORG, "id")),
    Review: Table("trail_reviews", (_ORG, "id")),
    Erasure: Table("erasures", (_ORG, "id")),
}


@dataclass(frozen=True)
class Part:
    """What one table gets of an outcome: a statement taking `:rows` (JSON), and how many rows it must write (None: any number)."""

    sql: str
    rows: str
    expected: int | None = None


def save(tx: Transaction, rows: Iterable[object], further: Sequence[Part] = (), /, **settings: str) -> None:
    """Insert the new rows and update the others, each guarded by its revision: one statement for all of them, after setting `settings`.

    `further` parts join that statement; like each part of it, they see what stood before.
    Raises Stale where a row has moved on since it was read.
    """
    batch = parts(rows, further)
    if not batch:
        return
    values = {f"rows_{place}": part.rows for place, part in enumerate(batch)}
    sql = _together(tuple(part.sql for part in batch), set_first=bool(settings))
    written = tx.row(sql, **values, **({"settings": settings} if settings else {}))
    if any(part.expected not in (None, count) for part, count in zip(batch, written.counts, strict=True)):
        raise Stale("Somebody else changed this in the meantime. Read it again, then decide again.")


@cache
def _together(statements: tuple[str, ...], *, set_first: bool) -> str:
    """All of them as one. The audit trail's triggers run at its end, when the settings hold already."""
    wholes = [f"part_{place} as ({sql.replace(':rows', f':rows_{place}')})" for place, sql in enumerate(statements)]
    counts = ", ".join(f"(select count(*) from part_{place})" for place in range(len(statements)))
    settings = f", ({SETTING}) as settings" if set_first else ""
    return f"with {', '.join(wholes)} select array[{counts}] as counts{settings}"


def parts(rows: Iterable[object], further: Sequence[Part] = ()) -> list[Part]:
    """A statement a table and way, in the order in which rows may be written; then the `further` ones."""
    groups: dict[tuple[type, bool], list[object]] = {}
    for row in rows:
        groups.setdefault((type(row), row.revision == 0), []).append(row)  # type: ignore[attr-defined]  # every row has one
    order = [(kind, new) for kind in TABLES for new in (True, False) if (kind, new) in groups]
    if missing := groups.keys() - set(order):
        message = f"no table is declared for {sorted(kind.__name__ for kind, _ in missing)}"
        raise TypeError(message)
    made = [
        Part(_insert(kind), _dump(groups[kind, new])) if new else Part(_update(kind), _dump(groups[kind, new]), len(groups[kind, new]))
        for kind, new in order
    ]
    return [*made, *further]


def remove(tx: Transaction, rows: Iterable[object]) -> None:
    """Delete rows of a join table; the audit trail keeps what they said."""
    groups: dict[type, list[object]] = {}
    for row in rows:
        groups.setdefault(type(row), []).append(row)
    for kind, batch in groups.items():
        table = TABLES[kind]
        keys = " and ".join(f"t.{name} = r.{name}" for name in table.key)
        gone = f"jsonb_populate_recordset(null::{table.name}, cast(:rows as jsonb)) r"
        tx.rows(f"delete from {table.name} t using {gone} where {keys} returning 1 as gone", rows=_dump(batch))


@cache
def _insert(kind: type) -> str:
    table, names = TABLES[kind], _names(kind)
    columns = ", ".join(names)
    values = ", ".join("1" if name == "revision" else f"r.{name}" for name in names)
    conflict = "on conflict do nothing " if table.once else ""
    return (
        f"insert into {table.name} ({columns}) select {values}"
        f" from jsonb_populate_recordset(null::{table.name}, cast(:rows as jsonb)) r {conflict}returning 1 as written"
    )


@cache
def _update(kind: type) -> str:
    table = TABLES[kind]
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
    """The dataclass of one row that came as JSON (`to_jsonb(row)`)."""
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
