"""Writing a step's outcome, for requests and for jobs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from shared.db.rows import remove, save
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.values import dataclass
from shared.domain.waiting.waits import told_of
from shared.queries.signing import letters

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.mail.mail import Mail


@dataclass(frozen=True)
class Taker:
    """Who takes a step, for the audit trail: the actor (`person:<id>` or `system:<job>`), the step and its cause."""

    actor: str
    step: str
    cause: str = ""

    @property
    def is_system(self) -> bool:
        """Whether the actor is the system."""
        return self.actor.startswith("system:")


def record(tx: Transaction, outcome: Outcome, mails: Iterable[Mail] = (), *, taker: Taker) -> None:
    """Write an outcome's rows and mail, then the system's steps that follow, each audited with its cause."""
    save(tx, outcome.saves, letters(tx, outcome.notices, mails, tx.now))
    remove(tx, outcome.removes)
    for following in outcome.follows:
        actor = taker.actor if taker.is_system else f"system:{following.step}"
        system = {"app.actor": actor, "app.step": following.step, "app.cause": following.cause}
        save(tx, following.saves, **system)
        if following.removes:
            tx.set(**system)
            remove(tx, following.removes)
    _tell(tx, (*outcome.saves, *(row for following in outcome.follows for row in following.saves)), taker)
    if outcome.follows:
        tx.set(**{"app.actor": taker.actor, "app.step": taker.step, "app.cause": taker.cause})


def _tell(tx: Transaction, rows: Iterable[object], taker: Taker) -> None:
    """Tell at once those for whom something waits because these rows were saved."""
    if ids := {one for row in rows for one in told_of(row)}:
        from shared.queries.telling import tell_waiting

        tell_waiting(tx, ids, taker.actor)
