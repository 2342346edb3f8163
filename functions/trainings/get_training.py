"""One training."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import Record
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.trainings import trainings
from shared.doors.http import query
from shared.queries.shown_records import show_record


@query(who=people.READERS)
def get_training(call: Call, id: UUID) -> Record:
    """Show a training; readers, and people who haven't completed it yet, don't see the right answers of its quiz."""
    return show_record(call.tx, id, call.member, trainings.KIND.name)
