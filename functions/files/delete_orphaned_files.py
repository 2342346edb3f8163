"""Remove what was uploaded and came to nothing."""

from __future__ import annotations

from shared.io.orphans import collect
from shared.io.schedule import Run, scheduled


@scheduled
def delete_orphaned_files(run: Run) -> dict[str, int]:
    """Delete uploads that nobody finished within a day and kept bytes that no file names; files that nobody uses are counted and stay."""
    return collect(run)
