"""One organisation's turn in the run of a scheduled function."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from shared.db.rows import save
from shared.domain.people.organisations import Organisation
from shared.queries import Store

if TYPE_CHECKING:
    from datetime import date, datetime

    from shared.db.database import Transaction
    from shared.domain.kernel.outcomes import Outcome

Counts = dict[str, int]


@dataclasses.dataclass
class Run:
    """What a scheduled function gets: one organisation, one transaction."""

    job: str
    tx: Transaction
    organisation: Organisation

    @property
    def now(self) -> datetime:
        """The database's time, UTC."""
        return self.tx.now

    @property
    def today(self) -> date:
        """The organisation's calendar day."""
        return self.organisation.today(self.tx.now)

    @property
    def store(self) -> Store:
        """What is stored, of this organisation only."""
        return Store(self.tx, self.organisation, self.today)

    def record(self, outcome: Outcome) -> None:
        """Write what the system does, audited as the system's with its cause, and the mail that is owed."""
        save(self.tx, outcome.saves, self.store.letters(outcome.notices, (), self.now))
        for following in outcome.follows:
            self.tx.set(**{"app.step": following.step, "app.cause": following.cause})
            save(self.tx, following.saves)
