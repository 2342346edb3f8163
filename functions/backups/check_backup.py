"""Prove that the newest backup can be restored."""

from __future__ import annotations

from shared.app.restores import check
from shared.doors.schedule import scheduled


@scheduled(organisation=False)
def check_backup() -> dict[str, int]:
    """Restore the newest backup into a scratch database, compare every row, verify every chain and file, and report how long it took."""
    return check()
