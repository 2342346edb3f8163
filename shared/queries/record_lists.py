"""The lists of records whose rows show more than a record in any list, each still in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.answers.pages import Page, page
from shared.answers.record_lists import CapaPlanBrief, DocumentBrief
from shared.answers.rows import as_answers
from shared.db import words
from shared.domain.capa import capa_plans
from shared.domain.documents import documents
from shared.domain.people.people import STAFF
from shared.queries.briefs import LISTED
from shared.queries.lists import records_page
from shared.queries.names import person

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

ACTIONS = (
    "(select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'description', left(a.description, 300), 'status', a.status,"
    f" 'owner', {person('a.owner_id')}, 'due_on', a.due_on) order by a.due_on, a.id), '[]') from actions a where a.record_id = x.id)"
)
PLAN = f"cast({LISTED} as jsonb) || jsonb_build_object('actions', {ACTIONS})"
EFFECTIVE_ON = "(select v.effective_on from versions v where v.record_id = x.id and v.version = x.version)"
WAITING = (
    "(select jsonb_build_object('version', v.version, 'effective_on', v.effective_on) from versions v"
    f" where v.record_id = x.id and v.status in {words.WAITING} and v.ended_at is null)"
)


def capa_plans_page(tx: Transaction, by: Member, limit: int, cursor: str | None, **filters: Any) -> Page[CapaPlanBrief]:  # noqa: ANN401 - those of `records_page`
    """A page of CAPA plans with their actions."""
    rows, following, total = records_page(tx, capa_plans.KIND.name, by, limit, cursor, row=PLAN, **filters)
    return page(as_answers(CapaPlanBrief, rows), following, total)


def documents_page(tx: Transaction, by: Member, limit: int, cursor: str | None, **filters: Any) -> Page[DocumentBrief]:  # noqa: ANN401 - the same
    """A page of documents with the days of their versions; a reader isn't told which version waits."""
    waiting = WAITING if STAFF.admits(by) else "null"
    row = f"cast({LISTED} as jsonb) || jsonb_build_object('effective_on', {EFFECTIVE_ON}, 'waiting', {waiting})"
    rows, following, total = records_page(tx, documents.KIND.name, by, limit, cursor, row=row, **filters)
    return page(as_answers(DocumentBrief, rows), following, total)
