"""Remove what is over."""

from __future__ import annotations

from shared.io.purging import purge_rows
from shared.io.schedule import Run, scheduled


@scheduled
def purge(run: Run) -> dict[str, int]:
    """Delete expired challenges, secrets, mail, replayed requests and runs; never what an inspector reads, and nothing under legal hold."""
    return purge_rows(run)
