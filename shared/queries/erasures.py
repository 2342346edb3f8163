"""Erasures, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.db.rows import read
from shared.domain.people.erasures import Erasure

if TYPE_CHECKING:
    from shared.db.database import Transaction


class Erasures:
    """What erasing a person needs."""

    tx: Transaction

    def erasure(self, person_id: UUID) -> Erasure | None:
        """The erasure of a person in this organisation, if there was one."""
        row = self.tx.row("select to_jsonb(e) as erasure from erasures e where e.person_id = :person", person=person_id)
        return read(Erasure, row.erasure) if row else None

    def because(self, reason: str) -> None:
        """The reason that the trail gives for what this transaction goes on to write."""
        self.tx.set(**{"app.reason": reason})

    def erase(self, person_id: UUID) -> None:
        """The contact data, unless another organisation still needs them; whether it does isn't told."""
        self.tx.rows("select erase_contact_data(:person)", person=person_id)

    def erase_what_waited(self) -> None:
        """Try again for those whose contact data had to stay until now."""
        self.tx.rows("select erase_contact_data(e.person_id) from erasures e join people p on p.id = e.person_id where p.salt is not null")

    def erased_accounts(self) -> list[tuple[UUID, str]]:
        """The sign-ins that their provider has yet to delete."""
        return [(row.id, row.identity_uid) for row in self.tx.rows("select a.id, a.identity_uid from erased_accounts a limit 100")]

    def account_gone(self, account_id: UUID) -> None:
        """Forget a sign-in that its provider has deleted."""
        self.tx.rows("delete from erased_accounts where id = :id returning 1 as gone", id=account_id)
