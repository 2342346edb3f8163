"""Take somebody out of a team."""

from __future__ import annotations

from uuid import UUID

from shared import people
from shared.errors import NotFound
from shared.io.assigning import settle_person
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ATeam
from shared.records import Outcome


@command(who=people.ADMIN)
def remove_team_member(call: Call, team_id: UUID, person_id: UUID) -> ATeam:
    """Take a person out of a team; what the team owns stays the team's."""
    team, place = call.store.team(team_id), call.store.team_member(team_id, person_id)
    if place is None:
        raise NotFound("This person isn't in the team.")
    call.record(Outcome(removes=(place,)))
    settle_person(call, person_id, f"left the team {team.name}")
    return {"team": call.store.team_answer(team)}
