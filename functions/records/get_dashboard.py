"""The dashboard."""

from __future__ import annotations

from shared.answers.dashboard import Dashboard
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.dashboard import show_dashboard


@query(who=people.READERS_AND_ADMINS)
def get_dashboard(call: Call) -> Dashboard:
    """Show the caller's tasks; to those who see every record the organisation's work, and to admins its people and invitations."""
    return show_dashboard(call.tx, call.member)
