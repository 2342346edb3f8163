"""The dashboard."""

from __future__ import annotations

from shared.answers.dashboard import Dashboard
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.dashboard import show_dashboard


@query(who=people.READERS)
def get_dashboard(call: Call) -> Dashboard:
    """Show what waits for the caller; to those who see every record also the organisation's work, in days of its own time zone."""
    return show_dashboard(call.tx, call.member)
