"""Give the analysts anonymous counts of how the product is used."""

from __future__ import annotations

from shared.app.usage_export import export
from shared.doors.schedule import scheduled


@scheduled(organisation=False)
def export_usage() -> dict[str, int]:
    """Release the last three whole days and the last whole month, each once and for good, and load them into BigQuery."""
    return export()
