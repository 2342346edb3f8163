"""Deliver the mail that is owed."""

from __future__ import annotations

from shared.app.outbox import deliver
from shared.doors.schedule import scheduled


@scheduled(organisation=False)
def deliver_mail() -> dict[str, int]:
    """Send what waits in the outbox; what can't be sent now is tried again later, at most eight times."""
    return deliver()
