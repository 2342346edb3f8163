"""Export anonymous usage counts."""

from __future__ import annotations

from shared.app.usage_export import export
from shared.doors.schedule import scheduled


@scheduled(organisation=False)
def export_usage() -> dict[str, int]:
    """Publish the counts of the last three whole days and the last whole month, once and unchangeably, in BigQuery."""
    return export()
