"""Rename a team."""

from __future__ import annotations

from uuid import UUID

from shared.answers.people import ATeam
from shared.app.call import Call
from shared.domain.people import people, teams
from shared.doors.body import Name
from shared.doors.http import command
from shared.queries.teams import load_team, show_team


@command(who=people.ADMIN)
def rename_team(call: Call, team_id: UUID, name: Name) -> ATeam:
    """Give a team another name; its records and its people stay."""
    call.save(teams.rename(call.match_if_sent(load_team(call.tx, team_id)), name, at=call.now))
    return {"team": show_team(call.tx, load_team(call.tx, team_id))}
