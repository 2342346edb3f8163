"""The statuses of exports that are asked for, as SQL: apart from the others, for no step asks about them."""

from __future__ import annotations

from collections.abc import Mapping

from shared.db.words import listed, quoted
from shared.domain.reports.requested_exports import UNFINISHED, Status

UNFINISHED_EXPORT = listed(UNFINISHED)
WAITING_EXPORT, MAKING_EXPORT, DONE_EXPORT = quoted(Status.WAITING), quoted(Status.MAKING), quoted(Status.DONE)
CONSTRAINTS: Mapping[tuple[str, str], str] = {("exports", "exports_status_check"): f"check (status in {listed(Status)})"}
