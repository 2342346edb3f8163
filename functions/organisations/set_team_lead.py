"""Say who leads a team."""

from __future__ import annotations

from uuid import UUID

from shared.answers.people import ATeam
from shared.app.call import Call
from shared.domain.people import people, teams
from shared.doors.http import command
from shared.queries.organisations import load_member
from shared.queries.teams import load_team, load_team_member, show_team


@command(who=people.ADMIN)
def set_team_lead(call: Call, team_id: UUID, lead_id: UUID | None) -> ATeam:
    """Make one of a team's people its lead, or leave it without one (null); to lead a team gives no further right."""
    team = call.match_if_sent(load_team(call.tx, team_id, hold=True))
    member, place = (None, None) if lead_id is None else (load_member(call.tx, lead_id), load_team_member(call.tx, team_id, lead_id))
    call.save(teams.lead(team, member, place, at=call.now))
    return {"team": show_team(call.tx, load_team(call.tx, team_id))}
