"""Erasures, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.db.rows import read
from shared.domain.people.erasures import Erasure

if TYPE_CHECKING:
    from shared.db.transaction import Transaction


def load_erasure(tx: Transaction, person_id: UUID) -> Erasure | None:
    """The erasure of a person in this organisation, if there was one."""
    row = tx.row("select to_jsonb(e) as erasure from erasures e where e.person_id = :person", person=person_id)
    return read(Erasure, row.erasure) if row else None


def reason_to_keep(tx: Transaction, reason: str) -> None:
    """The reason that the trail gives for what this transaction goes on to write."""
    tx.set(**{"app.reason": reason})


def erase_contact_data(tx: Transaction, person_id: UUID) -> None:
    """The contact data, unless another organisation still needs them; whether it does isn't told."""
    tx.rows("select erase_contact_data(:person)", person=person_id)


def erase_what_waited(tx: Transaction) -> None:
    """Try again for those whose contact data had to stay until now."""
    tx.rows("select erase_contact_data(e.person_id) from erasures e join people p on p.id = e.person_id where p.salt is not null")


def erased_accounts(tx: Transaction) -> list[UUID]:
    """The sign-ins that their provider has yet to delete."""
    return [row.id for row in tx.rows("select a.id from erased_accounts a where a.gone_at is null order by a.created_at limit 100")]


def claim_account(tx: Transaction, account_id: UUID) -> str | None:
    """The sign-in to delete, if nobody uses it again; until this transaction ends, nobody begins to."""
    sign_in: str | None = tx.row("select claim_erased_account(:id) as uid", id=account_id).uid
    return sign_in


def note_account_gone(tx: Transaction, account_id: UUID) -> None:
    """Note that the provider has deleted a sign-in."""
    tx.rows("update erased_accounts set gone_at = now() where id = :id returning 1 as gone", id=account_id)
