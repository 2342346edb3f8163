"""Events, and the content with which one closes."""

from __future__ import annotations

from typing import Any

from shared.domain.records.dossiers import Dossier
from tests.domain.cases import worked


def event(status: str = "triaged", **more: Any) -> Dossier:
    """A complaint of Olga's."""
    return worked("event", status, "EVT-2026-0001", **{"type": "complaint", **more})
