"""Remind people of what falls due, once a working day."""

from __future__ import annotations

from shared.app.run import Run
from shared.domain.mail import reminders
from shared.doors.schedule import scheduled
from shared.queries.reminders import queue_reminders


@scheduled
def send_reminders(run: Run) -> dict[str, int]:
    """Queue one digest a person in their language, on working mornings; long overdue work escalates to QA, then to the admins."""
    today = reminders.morning(run.organisation, run.now)
    return {"mails": 0 if today is None else queue_reminders(run.tx, today)}
