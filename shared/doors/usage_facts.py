"""Usage facts: who took which step in which role, and whether it was refused; the usage export counts them anonymously.

The statement that enters the organisation also records a success, which commits or rolls back with the step and costs no further statement.
A refusal is recorded in a transaction of its own. Reads aren't recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shared.db import database
from shared.outside import telemetry

if TYPE_CHECKING:
    from shared.domain.kernel.errors import Refusal
    from shared.doors.arrival import Arrival
    from shared.doors.door import Door

Fact = Mapping[str, str | None]


def done(door: Door) -> Fact | None:
    """The fact of a successful step; None for a read, and for a function without an organisation."""
    if door.method != "POST" or not door.organisation:
        return None
    return {"function": door.name, "outcome": "done", "refusal": None}


def count_refusal(door: Door, arrival: Arrival, refusal: Refusal) -> None:
    """Record a member's refused step; a failure to record it doesn't change the answer."""
    from shared.domain.reports.usage import refusal_word

    fact, word = done(door), refusal_word(refusal.status)
    if fact is None or word is None:
        return
    from shared.queries.organisations import enter_organisation

    try:
        with database.current().transaction(role="qfacts_application", settings=arrival.settings) as tx:
            enter_organisation(tx, arrival.identity.uid, {**fact, "outcome": "refused", "refusal": word})
    except Exception as error:  # noqa: BLE001 - the refusal itself is what the person must see
        telemetry.log(
            "WARNING", "a refusal wasn't counted", function=door.name, request_id=arrival.request_id, where=telemetry.where(error)
        )
