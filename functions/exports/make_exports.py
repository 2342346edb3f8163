"""Make the exports that were asked for."""

from __future__ import annotations

from shared.app.making_exports import make_all
from shared.app.run import Turn
from shared.doors.schedule import scheduled


@scheduled(waits=True)
def make_exports(turn: Turn) -> dict[str, int]:
    """Make the exports that people asked for, page by page, and delete their files when they are kept no longer."""
    return make_all(turn)
