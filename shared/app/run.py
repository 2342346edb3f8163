"""One organisation's turn in the run of a scheduled function: within one transaction, or between several."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from shared.app.recording import Taker, record
from shared.domain.kernel.values import dataclass
from shared.domain.people.organisations import Organisation

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import date, datetime
    from uuid import UUID

    from shared.db.transaction import Transaction
    from shared.domain.kernel.outcomes import Outcome

    Opening = Callable[[], AbstractContextManager[Transaction]]  # begins a transaction of the same caller and organisation

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


@dataclass(frozen=True)
class Turn:
    """What a scheduled function gets that waits for another service: it opens its transactions itself, and none while it waits.

    What it can't undo it decides in a transaction that is committed before; whatever it did, it does again where a run was killed.
    """

    organisation_id: UUID
    transaction: Opening
