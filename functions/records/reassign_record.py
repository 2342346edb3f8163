"""Reassign a record to another owner or team."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import OMITTED, stated
from shared.domain.people import people
from shared.domain.records import records
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.dossiers import load_dossier
from shared.queries.organisations import load_members
from shared.queries.shown_records import show_altered_record
from shared.queries.teams import missing_teams


@command(who=people.ACTION_OWNERS)
def reassign_record(call: Call, id: UUID, reason: Reason, owner_id: UUID = OMITTED, team_id: UUID | None = OMITTED) -> ARecord:
    """Change a record's owner, team or both (null for no team); its content and versions stay."""
    record = call.match(load_dossier(call.tx, id).record)
    owner = None
    if stated(owner_id) is not None and (owner := load_members(call.tx, [owner_id]).get(owner_id)) is None:
        raise Invalid("owner_id", Sentence("no_such_member", "There is no such member."))
    if (team := stated(team_id)) is not None and missing_teams(call.tx, [team]):
        raise Invalid("team_id", Sentence("no_such_team", "There is no such team."))
    call.record(records.reassign(record, owner=owner, team_id=team_id, at=call.now))
    return show_altered_record(call.tx, id, call.member)
