"""Records as lists show them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.answers.records import Brief
from shared.answers.rows import as_answer
from shared.db.sql import sql
from shared.queries.names import person, team, utc_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.db.transaction import Transaction

LISTED = sql(
    "listed_record",
    owner=person("x.owner_id"),
    team=team("x.team_id"),
    created_at=utc_time("x.created_at"),
    updated_at=utc_time("x.updated_at"),
)


def show_briefs(tx: Transaction, record_ids: Iterable[UUID]) -> list[Brief]:
    """Records as a list shows them, as they are now, in the order asked."""
    asked = "x.id = any(:ids::uuid[]) order by array_position(:ids::uuid[], x.id)"
    rows = tx.rows(f"select {LISTED} as row from records x where {asked}", ids=list(record_ids))
    return [as_answer(Brief, row.row) for row in rows]
