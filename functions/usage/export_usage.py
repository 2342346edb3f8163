"""Give the analysts anonymous counts of how the product is used."""

from __future__ import annotations

from shared.io.schedule import scheduled
from shared.io.usage import export


@scheduled(organisation=False)
def export_usage() -> dict[str, int]:
    """Release the last three whole days and the last whole month, each once and for good, and load them into BigQuery."""
    return export()
