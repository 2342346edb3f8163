"""Close a team."""

from __future__ import annotations

from uuid import UUID

from shared.answers.people import ATeam
from shared.app.call import Call
from shared.domain.people import people, teams
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.teams import load_team, places_in, show_team, team_work


@command(who=people.ADMIN)
def close_team(call: Call, team_id: UUID, reason: Reason) -> ATeam:  # noqa: ARG001 - the door hands the reason to the audit trail
    """Close a team that owns nothing open and must learn nothing; the refusal names what is left. Its people leave it."""
    team = call.match_if_sent(load_team(call.tx, team_id, hold=True))
    call.record(teams.close(team, team_work(call.tx, team_id), places_in(call.tx, team_id), at=call.now))
    return {"team": show_team(call.tx, load_team(call.tx, team_id))}
