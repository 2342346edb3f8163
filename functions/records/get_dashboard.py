"""The dashboard."""

from __future__ import annotations

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.dashboard import Dashboard


@query(who=people.READERS)
def get_dashboard(call: Call) -> Dashboard:
    """Show what waits for the caller; to those who see every record also the organisation's work, in days of its own time zone."""
    return call.store.dashboard(call.member)
