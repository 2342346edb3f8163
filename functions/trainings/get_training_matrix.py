"""The training matrix."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.answers.training_matrix import Matrix
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Limit
from shared.doors.http import query
from shared.queries.audiences import day_of, show_matrix


@query(who=people.STAFF)
def get_training_matrix(
    call: Call,
    team_id: UUID | None = None,
    training_id: UUID | None = None,
    person_id: UUID | None = None,
    on: date | None = None,
    change_id: UUID | None = None,
    untrained: bool = False,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Matrix:
    """Show who is trained in what on the day `on`: today by default, a change's effective date if `change_id` is given.

    `untrained` keeps only the trainings still owed. Trainings and assignments are those of that day; people, roles and teams are today's.
    """
    planned = day_of(call.tx, change_id) if change_id else None
    day = on or planned or call.today
    return show_matrix(
        call.tx,
        team=team_id,
        training=training_id,
        person=person_id,
        change=change_id,
        on=day,
        untrained=untrained,
        limit=limit,
        cursor=cursor,
    )
