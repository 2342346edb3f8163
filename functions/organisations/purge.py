"""Remove what is over."""

from __future__ import annotations

from shared.app.purging import purge_rows
from shared.app.run import Run
from shared.doors.schedule import scheduled


@scheduled
def purge(run: Run) -> dict[str, int]:
    """Delete expired challenges, secrets, mail, replayed requests and runs; never what an inspector reads, and nothing under legal hold."""
    return purge_rows(run)
