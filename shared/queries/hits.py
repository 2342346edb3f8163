"""What a search found, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers.rows import as_answer
from shared.answers.search import Hit
from shared.db.sql import sql
from shared.queries.asked import PERSON, Found, Place
from shared.queries.briefs import LISTED
from shared.queries.names import NAME, person, utc_time

if TYPE_CHECKING:
    from shared.db.transaction import Transaction


# A record's own text: what its content says in words, but no id, hash or moment.
SAID = (
    "(select string_agg(s.value #>> '{}', ' ') from jsonb_path_query(x.content, 'strict $.** ? (@.type() == \"string\")') s (value)"
    " where s.value #>> '{}' !~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?)$')"
)
THROUGH = sql("hit_through")
RECORDS = sql("hits", listed=LISTED, said=SAID, through=THROUGH)
CHANGES = sql(
    "changes_found",
    owner=person("x.owner_id"),
    created_at=utc_time("x.created_at"),
    updated_at=utc_time("x.updated_at"),
    through=THROUGH,
)
PEOPLE = (
    f"select p.id, m.status, m.revision, {NAME} as name, {utc_time('m.created_at')} as created_at, {utc_time('m.updated_at')} as updated_at"
    " from members m join people p on p.id = m.person_id where p.id = any(cast(:ids as uuid[]))"
)


def show_hits(tx: Transaction, found: Sequence[Found], q: str | None) -> list[Hit]:
    """Hits in their order, each kind in one statement."""
    rows = {row.id: row for row in _rows(tx, found, q)}
    return [_hit(one, rows[one.id], q) for one in found]


def _rows(tx: Transaction, found: Sequence[Found], q: str | None) -> Iterable[Any]:
    records = [one for one in found if one.kind == "record"]
    if records:
        ids, parts, through = ([getattr(one, name) for one in records] for name in ("id", "part", "through"))
        yield from tx.rows(RECORDS, ids=_written(ids), parts=_written(parts), through=_written(through), q=q)
    if others := [one for one in found if one.kind not in ("record", PERSON)]:
        yield from tx.rows(CHANGES, ids=_written(one.id for one in others), through=_written(one.through for one in others), q=q)
    if people := [str(one.id) for one in found if one.kind == PERSON]:
        yield from tx.rows(PEOPLE, ids=people)


def _written(ids: Iterable[UUID | None]) -> list[str | None]:
    return [None if one is None else str(one) for one in ids]


def _hit(one: Found, row: Any, q: str | None) -> Hit:  # noqa: ANN401 - a row of the statements
    if one.kind == PERSON:
        return _person(row)
    through = {**row.through, "type": one.link} if one.place == Place.LINK else None
    excerpt = row.part["excerpt"] if one.place == Place.PART else row.excerpt
    place = one.place.name.lower() if one.place != Place.PART else row.part["place"]
    file = row.part["file"] if one.place == Place.PART else None
    return as_answer(Hit, {**row.row, "found_in": place if q else None, "excerpt": excerpt, "file": file, "through": through})


def _person(row: Any) -> Hit:  # noqa: ANN401 - the same
    return {
        "id": str(row.id),
        "kind": PERSON,
        "type": None,
        "number": "",
        "title": row.name,
        "status": row.status,
        "version": 0,
        "etag": f'"{row.revision}"',
        "owner": None,
        "team": None,
        "due_on": None,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "found_in": "title",
        "excerpt": None,
        "file": None,
        "through": None,
    }
