"""Delete expired data."""

from __future__ import annotations

from shared.app.purging import purge_rows
from shared.app.run import Turn
from shared.doors.schedule import scheduled


@scheduled(waits=True)
def purge(turn: Turn) -> dict[str, int]:
    """Delete expired challenges, secrets, mail, idempotency keys and job runs; quality records stay, and a legal hold stops it."""
    return purge_rows(turn)
