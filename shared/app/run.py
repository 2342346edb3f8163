"""One organisation's turn in the run of a scheduled function."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from shared.app.recording import Taker, record
from shared.domain.people.organisations import Organisation

if TYPE_CHECKING:
    from datetime import date, datetime

    from shared.db.transaction import Transaction
    from shared.domain.kernel.outcomes import Outcome

Counts = dict[str, int]


@dataclasses.dataclass
class Run:
    """What a scheduled function gets: one organisation, one transaction."""

    tx: Transaction
    taker: Taker

    @property
    def now(self) -> datetime:
        """The database's time, UTC."""
        return self.tx.now

    @property
    def today(self) -> date:
        """The organisation's calendar day."""
        return self.tx.today

    @property
    def organisation(self) -> Organisation:
        """The organisation whose turn it is."""
        return self.tx.organisation

    def record(self, outcome: Outcome) -> None:
        """Write an outcome, audited as the system's with its cause."""
        record(self.tx, outcome, taker=self.taker)
