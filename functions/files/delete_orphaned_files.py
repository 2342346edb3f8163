"""Delete orphaned files."""

from __future__ import annotations

from shared.app.orphaned_files import collect
from shared.app.run import Turn
from shared.doors.schedule import scheduled


@scheduled(waits=True)
def delete_orphaned_files(turn: Turn) -> dict[str, int]:
    """Delete uploads unfinished after a day and stored bytes that no file refers to; count unused files, delete none of them."""
    return collect(turn)
