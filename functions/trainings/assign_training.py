"""Assign a training by hand."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.answers.trainings import AssignedByHand
from shared.app.call import Call
from shared.app.training_follow_ups import by_hand
from shared.domain.kernel.errors import Conflict
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.people import people
from shared.domain.trainings import audiences, trainings
from shared.doors.http import command
from shared.queries.assignments import show_assigned
from shared.queries.dossiers import load_dossier


@command(who=people.QA)
def assign_training(
    call: Call, training_id: UUID, person_ids: list[UUID] = [], team_ids: list[UUID] = [], due_on: date | None = None
) -> AssignedByHand:
    """Assign an active training to people and to the current members of teams; an open assignment is kept, not doubled."""
    found = load_dossier(call.tx, training_id, trainings.KIND.name)
    call.match(found.record)
    need, standing, chosen = by_hand(call, found, person_ids, team_ids)
    made = audiences.by_hand(need, standing, chosen, due_on, by=call.person.id, today=call.today, at=call.now)
    if not made:
        raise Conflict(Sentence("all_assigned_already", "Everybody named has this training open already."))
    call.record(Outcome(saves=tuple(made), notices=audiences.notices(made, {need.record_id: need})))
    return show_assigned(call.tx, found.record, len(made), len(chosen) - len(made), call.member)
