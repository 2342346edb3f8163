"""What each person was told, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.answers.notices import Notices, Unread, notice
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence
from shared.queries.names import utc_time
from shared.queries.shown_records import rows_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from shared.db.transaction import Transaction
    from shared.domain.people.people import Person

COUNTED = 100
UNREAD = f"select count(*) as unread from (select from notices n where n.person_id = :person and n.read_at is null limit {COUNTED}) n"
NOTICES = (
    "select x.id, jsonb_build_object('id', x.id, 'template', x.template, 'facts', x.facts,"
    f" 'created_at', {utc_time('x.created_at')}, 'read_at', {utc_time('x.read_at')}) as row"
    " from notices x where x.person_id = :person and (not :unread or x.read_at is null)"
)
OWN = "select count(*) as own from notices n where n.person_id = :person and n.id = any(cast(:ids as uuid[]))"
READ = (
    "update notices n set read_at = now() where n.person_id = :person and n.read_at is null"
    " and (cast(:ids as uuid[]) is null or n.id = any(cast(:ids as uuid[]))) returning 1 as marked"
)


def show_notices(tx: Transaction, by: Person, *, unread: bool, limit: int, cursor: str | None) -> Notices:
    """A page of what somebody was told, newest first."""
    rows, following, _ = rows_page(tx, NOTICES, limit, cursor, person=by.id, unread=unread)
    return {"items": [notice(row, by.language) for row in rows], "unread": _unread(tx, by), "next_cursor": following}


def mark_read(tx: Transaction, by: Person, ids: Sequence[UUID] | None) -> Unread:
    """Mark somebody's notices as read, all where `ids` is None; how many are left. Raises NotFound for a notice that isn't theirs."""
    if ids is not None and tx.row(OWN, person=by.id, ids=[str(one) for one in ids]).own < len(set(ids)):
        raise NotFound(Sentence("no_such_notice", "There is no such notice."))
    tx.rows(READ, person=by.id, ids=None if ids is None else [str(one) for one in ids])
    return {"unread": _unread(tx, by)}


def _unread(tx: Transaction, by: Person) -> int:
    return int(tx.row(UNREAD, person=by.id).unread)
