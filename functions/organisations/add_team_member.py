"""Put somebody in a team."""

from __future__ import annotations

from uuid import UUID

from shared.answers.pages import ATeam
from shared.app.call import Call
from shared.app.training_follow_ups import settle_person
from shared.domain.kernel.errors import Conflict
from shared.domain.people import people
from shared.domain.people.organisations import TeamMember
from shared.doors.http import command


@command(who=people.ADMIN)
def add_team_member(call: Call, team_id: UUID, person_id: UUID) -> ATeam:
    """Put an active member in a team."""
    team, member = call.store.team(team_id), call.store.member(person_id)
    if not member.active:
        raise Conflict("This member is deactivated.")
    if call.store.team_member(team_id, person_id) is not None:
        raise Conflict("This person is in the team already.")
    call.save(TeamMember(team.organisation_id, team.id, member.person_id, call.now))
    settle_person(call, member.person_id, f"joined the team {team.name}")
    return {"team": call.store.team_answer(team)}
