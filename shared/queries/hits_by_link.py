"""What is linked to what a search found, for staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from shared.db.sql import sql
from shared.domain.changes import changes
from shared.queries.asked import Found, Place, Search

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

BENEATH: Final = {"kind": None, "owner": None, "late_on": None, "timely_on": None}
RECORDS: Final = (
    "(cast(:kind as text) is null or r.kind = :kind) and (cast(:owner as uuid) is null or r.owner_id = cast(:owner as uuid))"
    " and (cast(:states as text[]) is null or r.kind || ' ' || r.status = any(cast(:states as text[])))"
    " and (cast(:late_on as date) is null or (r.closed_at is null and r.due_on < cast(:late_on as date)))"
    " and (cast(:timely_on as date) is null or r.closed_at is not null or r.due_on is null or r.due_on >= cast(:timely_on as date))"
)
CHANGES: Final = (
    ":changes and (cast(:owner as uuid) is null or c.owner_id = cast(:owner as uuid))"
    " and (cast(:status as text) is null or c.status = :status)"
)
LINKED: Final = sql("hits_by_link", narrowed=RECORDS, narrowed_changes=CHANGES)


def linked(tx: Transaction, asked: Search, seeds: Sequence[UUID], before: UUID | None, most: int) -> list[Found]:
    """What is linked to the seeds and isn't one of them, newest first, each through the newest seed that leads to it."""
    if not seeds:
        return []
    rows = tx.rows(
        LINKED,
        **BENEATH | asked.given,
        seeds=[str(one) for one in seeds],
        before=before,
        most=most,
        records=asked.finds_records,
        changes=asked.finds_changes,
        status=asked.status,
        states=asked.states,
    )
    kinds = {True: changes.WORKFLOW.kind, False: "record"}
    return [Found(Place.LINK, kinds[row.kind == changes.WORKFLOW.kind], row.id, None, row.through_id, row.link) for row in rows]
