"""Remove a member from a team."""

from __future__ import annotations

from uuid import UUID

from shared.answers.people import ATeam
from shared.app.call import Call
from shared.app.training_follow_ups import settle_person
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence
from shared.domain.people import people, teams
from shared.doors.http import command
from shared.queries.teams import load_team, load_team_member, show_team


@command(who=people.ADMIN)
def remove_team_member(call: Call, team_id: UUID, person_id: UUID) -> ATeam:
    """Remove a person from a team; the team keeps its records, and is without a lead if it was theirs."""
    team, place = load_team(call.tx, team_id), load_team_member(call.tx, team_id, person_id)
    if place is None:
        raise NotFound(Sentence("not_in_the_team", "This person isn't in the team."))
    call.record(teams.left(team, place, at=call.now))
    settle_person(call, person_id, f"left the team {team.name}")
    return {"team": show_team(call.tx, load_team(call.tx, team_id))}
