"""Deliver queued mail."""

from __future__ import annotations

from shared.app.outbox import deliver
from shared.doors.schedule import scheduled


@scheduled(organisation=False)
def deliver_mail() -> dict[str, int]:
    """Send the mail in the outbox; retry a failed mail later, eight attempts at most."""
    return deliver()
