"""Create a team."""

from __future__ import annotations

from shared.answers.people import ATeam
from shared.app.call import Call
from shared.domain.people import people, teams
from shared.doors.body import Name
from shared.doors.http import command
from shared.queries.teams import load_team, show_team


@command(who=people.ADMIN)
def create_team(call: Call, name: Name) -> ATeam:
    """Create an empty team; a team can own records and be the audience of trainings."""
    team = teams.new_team(call.organisation, name, at=call.now)
    call.save(team)
    return {"team": show_team(call.tx, load_team(call.tx, team.id))}
