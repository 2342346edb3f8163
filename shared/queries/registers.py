"""The rows of registers: those of the lists, page by page, by the same filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers.rows import shown as without_internals
from shared.domain.capa import capa_plans
from shared.domain.documents import documents
from shared.domain.events import investigations
from shared.domain.kernel.values import dataclass
from shared.domain.reports.registers import Cell, register_named
from shared.domain.trainings import trainings
from shared.queries.audiences import day_of, show_matrix
from shared.queries.event_lists import events_page
from shared.queries.lists import briefs_page, changes_page, members_page
from shared.queries.shown_records import rows_page
from shared.queries.shown_signatures import SIGNATURES, signatures

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

Items = tuple[list[Mapping[str, Any]], str | None]
PAGE = 500  # rows of a list read at once
FEW = 50  # people of the matrix, and signatures, each of which is much to read
KINDS = {
    "documents": documents.KIND.name,
    "investigations": investigations.KIND.name,
    "capa_plans": capa_plans.KIND.name,
    "trainings": trainings.KIND.name,
}
CONTENT = ("severity", "place", "product", "batch", "method")
SIGNED = (
    f"select x.id, jsonb_build_object('signature', {SIGNATURES}, 'number', coalesce("
    "(select r.number from records r where r.id = s.record_id), (select c.number from changes c where c.id = s.change_id)))"
    " as row from signatures s cross join lateral (select s.id) x where true"
)


@dataclass(frozen=True)
class Asked:
    """A register with its filters, as they were checked, and the day that it is asked of."""

    name: str
    filters: Mapping[str, Any]
    on: date | None = None


def register_rows(tx: Transaction, by: Member, asked: Asked) -> Iterator[list[Cell]]:
    """All rows of a register as `by` may see it, newest first, a page at a time."""
    cursor: str | None = None
    while True:
        rows, cursor = register_page(tx, by, asked, cursor)
        yield from rows
        if cursor is None:
            return


def register_page(tx: Transaction, by: Member, asked: Asked, cursor: str | None) -> tuple[list[list[Cell]], str | None]:
    """The next rows of a register, and the cursor of those after them."""
    register = register_named(asked.name)
    items, following = _items(tx, by, asked, cursor)
    return [register.row(item) for item in items], following


def _items(tx: Transaction, by: Member, asked: Asked, cursor: str | None) -> Items:
    given = dict(asked.filters)
    if asked.name == "events":
        return _of(events_page(tx, by, PAGE, cursor, **_narrowed(given)))
    if asked.name in KINDS:
        return _of(briefs_page(tx, KINDS[asked.name], by, PAGE, cursor, **_narrowed(given), on=asked.on))
    if asked.name == "changes":
        return _of(
            changes_page(
                tx, {"status": given.get("status"), "record": _id(given, "record_id"), "owner": _id(given, "owner_id")}, PAGE, cursor
            )
        )
    if asked.name == "members":
        return _of(members_page(tx, by, given.get("status"), given.get("q"), PAGE, cursor))
    if asked.name == "training_matrix":
        return _cells(tx, asked, cursor)
    return _signatures(tx, given, cursor)


def _of(page: Any) -> Items:  # noqa: ANN401 - a page of one of the lists
    return list(page["items"]), page["next_cursor"]


def _narrowed(given: Mapping[str, Any]) -> dict[str, Any]:
    """The filters of a list of records, as `records_page` takes them."""
    updated = given.get("updated_since")
    content = {name: given[name] for name in CONTENT if name in given}
    return {
        "status": given.get("status"),
        "type": given.get("type"),
        "owner": _id(given, "owner_id"),
        "team": _id(given, "team_id"),
        "updated_since": datetime.fromisoformat(updated) if updated else None,
        "q": given.get("q"),
        **({"content": content} if content else {}),
    }


def _cells(tx: Transaction, asked: Asked, cursor: str | None) -> Items:
    """The cells of the training matrix, one a row."""
    given = asked.filters
    change = _id(given, "change_id")
    matrix = show_matrix(
        tx,
        team=_id(given, "team_id"),
        training=_id(given, "training_id"),
        person=_id(given, "person_id"),
        change=change,
        on=asked.on or (day_of(tx, change) if change else None) or tx.today,
        untrained=bool(given.get("untrained")),
        limit=FEW,
        cursor=cursor,
    )
    return [{"person": row["person"], **cell} for row in matrix["items"] for cell in row["trainings"]], matrix["next_cursor"]


def _signatures(tx: Transaction, given: Mapping[str, Any], cursor: str | None) -> Items:
    conditions = {
        "person_id": "s.person_id = :person_id",
        "record_id": "s.record_id = :record_id",
        "meaning": "s.meaning = :meaning",
        "from": "s.signed_at >= :from",
        "to": "s.signed_at <= :to",
    }
    ids = {name: _id(given, name) for name in ("person_id", "record_id") if name in given}
    times = {name: _moment(tx, given[name], end=name == "to") for name in ("from", "to") if name in given}
    values = {**given, **ids, **times}
    where = "".join(f" and {conditions[name]}" for name in values)
    rows, following, _ = rows_page(tx, f"{SIGNED}{where}", FEW, cursor, **values)
    held = signatures(row["signature"] for row in rows)
    return [without_internals({**row, **one}) for row, one in zip(rows, held, strict=True)], following


def _moment(tx: Transaction, given: str, *, end: bool) -> datetime:
    return tx.organisation.moment(datetime.fromisoformat(given) if "T" in given else date.fromisoformat(given), end=end)


def _id(given: Mapping[str, Any], name: str) -> UUID | None:
    return UUID(given[name]) if given.get(name) else None
