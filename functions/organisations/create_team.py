"""A new team."""

from __future__ import annotations

from shared import organisations, people
from shared.io.body import Name
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ATeam


@command(who=people.ADMIN)
def create_team(call: Call, name: Name) -> ATeam:
    """Create an empty team; teams own records and are audiences of trainings."""
    team = organisations.create_team(call.organisation, name, at=call.now)
    call.save(team)
    return {"team": call.store.team_answer(call.store.team(team.id))}
