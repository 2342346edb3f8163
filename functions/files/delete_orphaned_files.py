"""Remove what was uploaded and came to nothing."""

from __future__ import annotations

from shared.app.orphaned_files import collect
from shared.app.run import Run
from shared.doors.schedule import scheduled


@scheduled
def delete_orphaned_files(run: Run) -> dict[str, int]:
    """Delete uploads that nobody finished within a day and kept bytes that no file names; files that nobody uses are counted and stay."""
    return collect(run)
