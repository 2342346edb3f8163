"""What a member owns, or is planned for, that somebody must go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.answers.owned_work import OwnedWork
from shared.answers.pages import Page, page
from shared.answers.rows import as_answers
from shared.db.sql import sql
from shared.queries.organisations import planned_for
from shared.queries.shown_records import rows_page

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

OWNED_WORK = sql("owned_work")


def owned_work_page(tx: Transaction, person_id: UUID, limit: int, cursor: str | None) -> Page[OwnedWork]:
    """A page of it, newest first."""
    rows, following, total = rows_page(tx, OWNED_WORK, limit, cursor, person=person_id, planned=planned_for(person_id))
    return page(as_answers(OwnedWork, rows), following, total)
