"""The audit trail as people read it: page by page, with what the ids and changes in its entries are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from shared.answers.audit_trail import Told, TrailPage, plain_entry, trail_page, with_names
from shared.answers.pages import after_cursor, cut
from shared.db.sql import sql
from shared.domain.kernel.ids import ids_in
from shared.domain.trainings import quizzes
from shared.queries.audit_trail import entries
from shared.queries.names import NAME
from shared.queries.shown_records import quizzes_to_pass
from shared.queries.trail_story import ORGANISATION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from shared.db.transaction import Transaction
    from shared.domain.people.organisations import Organisation
    from shared.domain.people.people import Member

# A version names the change that made it; what superseded it later is another one.
OWN_CHANGE: Final = (
    "case when e.table_name = 'changes' then e.row_key when e.table_name <> 'versions' or e.operation = 'insert'"
    " then coalesce(e.new ->> 'change_id', e.old ->> 'change_id') end"
)
CHANGES: Final = sql("trail_changes", organisation=ORGANISATION, own=OWN_CHANGE)


def names_and_changes(file: str = "cast(null as jsonb)", text: str = "null") -> str:
    """SQL for what ids are called, with the `file` and its `text`, and for the change that each entry belongs to."""
    return (
        "select cast(x.id as text) as id, x.name, x.file, x.text, cast(null as jsonb) as change"
        f" from ({sql('export_names', name=NAME, file=file, text=text, ids='cast(:ids as uuid[])')}) x"
        f" union all select cast(y.entry as text), null, null, null, y.change from ({CHANGES}) y"
    )


TOLD: Final = names_and_changes()


def audit_trail_page(tx: Transaction, by: Member, chosen: Mapping[str, Any], limit: int, cursor: str | None) -> TrailPage:
    """Entries of the audit trail, newest first; without the right answers of the quizzes that `by` is yet to pass."""
    before = after_cursor(cursor, int, 2**63 - 1) if cursor else None  # an entry's id is a bigint
    rows = entries(tx, **chosen, before_id=before, limit=limit + 1)
    found, following = cut(rows, limit, lambda row: row.id, rows[0].found if rows else 0)
    shown = quizzes.trail_kept_secret(map(plain_entry, found), quizzes_to_pass(tx, by))
    return trail_page(told(tx, shown), following)


def chosen(
    organisation: Organisation, filters: Mapping[str, object], from_: datetime | date | None, to: datetime | date | None
) -> dict[str, Any]:
    """What narrows the trail; a day counts whole, in the organisation's time zone."""
    begin = None if from_ is None else organisation.moment(from_)
    end = None if to is None else organisation.moment(to, end=True)
    return {**filters, "from_": begin, "to": end}


def told(tx: Transaction, shown: Sequence[Mapping[str, Any]]) -> Told:
    """Entries with their change and their person, and what the ids in them are called: people, teams, records, changes, files."""
    rows = tx.rows(TOLD, ids=sorted(ids_in(shown)), entries=[one["id"] for one in shown]) if shown else []
    names = {row.id: row.name for row in rows if row.change is None}
    return Told(with_names(shown, names, changes_in(rows)), names)


def changes_in(rows: Iterable[Any]) -> dict[int, Mapping[str, object]]:
    """The changes by entry, among the rows of `names_and_changes`."""
    return {int(row.id): row.change for row in rows if row.change is not None}
