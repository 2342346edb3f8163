"""The registers from which names are picked, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.answers.pages import Page, cut, from_cursor, page
from shared.answers.register_entries import RegisterEntry as Answer
from shared.answers.register_entries import register_entry
from shared.db.rows import read
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence
from shared.domain.records.register_entries import RegisterEntry

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

# By name as it is compared, whatever is added meanwhile.
LISTED = (
    "select e.id, plain_name(e.name) as key, to_jsonb(e) as entry from register_entries e"
    " where (cast(:register as text) is null or e.register = :register)"
    " and (cast(:active as boolean) is null or :active = (e.merged_into is null))"
    " and (cast(:q as text) is null or starts_with(lower(e.code), lower(:q)) or exists (select from unnest(e.keys) k (key)"
    " where position(plain_name(:q) in k.key) > 0))"
    " and (plain_name(e.name), e.id) > (:after, cast(:after_id as uuid)) order by plain_name(e.name), e.id limit :most"
)


def load_entry(tx: Transaction, entry_id: UUID) -> RegisterEntry:
    """One entry; raises NotFound."""
    row = tx.row("select to_jsonb(e) as entry from register_entries e where e.id = :id", id=entry_id)
    if row is None:
        raise NotFound(Sentence("no_such_entry", "There is no such entry of a register."))
    return read(RegisterEntry, row.entry)


def load_merged(tx: Transaction, entry_id: UUID) -> list[RegisterEntry]:
    """The entries that were merged into one."""
    rows = tx.rows("select to_jsonb(e) as entry from register_entries e where e.merged_into = :id", id=entry_id)
    return [read(RegisterEntry, row.entry) for row in rows]


def entries_page(
    tx: Transaction, register: str | None, limit: int, cursor: str | None, *, q: str | None, active: bool | None
) -> Page[Answer]:
    """Entries of a register, or of all, by name; `q` is a part of a name that they have or had, or the beginning of their code."""
    after, after_id = from_cursor(cursor, str, UUID) if cursor else ("", UUID(int=0))
    rows = tx.rows(LISTED, register=register, q=q, active=active, after=after, after_id=after_id, most=limit + 1)
    shown, following = cut(rows, limit, lambda row: [row.key, row.id])
    return page([register_entry(read(RegisterEntry, row.entry)) for row in shown], following)
