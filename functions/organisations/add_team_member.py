"""Add a member to a team."""

from __future__ import annotations

from uuid import UUID

from shared.answers.people import ATeam
from shared.app.call import Call
from shared.app.training_follow_ups import settle_person
from shared.domain.kernel.errors import Conflict
from shared.domain.kernel.sentences import Sentence
from shared.domain.people import people, teams
from shared.domain.people.organisations import TeamMember
from shared.doors.http import command
from shared.queries.organisations import load_member
from shared.queries.teams import load_team, load_team_member, show_team


@command(who=people.ADMIN)
def add_team_member(call: Call, team_id: UUID, person_id: UUID) -> ATeam:
    """Add an active member to a team."""
    team, member = load_team(call.tx, team_id, hold=True), load_member(call.tx, person_id)
    teams.refuse_closed(team)
    if not member.active:
        raise Conflict(Sentence("member_deactivated", "This member is deactivated."))
    if load_team_member(call.tx, team_id, person_id) is not None:
        raise Conflict(Sentence("in_the_team_already", "This person is in the team already."))
    call.save(TeamMember(team.organisation_id, team.id, member.person_id, call.now))
    settle_person(call, member.person_id, f"joined the team {team.name}")
    return {"team": show_team(call.tx, team)}
