"""The dashboard."""

from __future__ import annotations

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.dashboard import Dashboard


@query(who=people.READERS)
def get_dashboard(call: Call) -> Dashboard:
    """Show what waits for the caller; to those who see every record also how the organisation's work stands."""
    return call.store.dashboard(call.member)
