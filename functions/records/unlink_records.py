"""Remove a link."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.domain.events import investigation_scope
from shared.domain.people import people
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.dossiers import load_dossier, load_dossiers
from shared.queries.links import load_link
from shared.queries.shown_records import show_altered_record


@command(who=people.ACTION_OWNERS)
def unlink_records(call: Call, id: UUID, link_id: UUID, reason: Reason) -> ARecord:  # noqa: ARG001 - the door hands it to the trail
    """Remove a wrong link, from either record; the audit trail keeps the link and the reason."""
    found = load_dossier(call.tx, id)
    call.match(found.record)
    link = load_link(call.tx, id, link_id)
    ends = load_dossiers(call.tx, [one for one in (link.from_id, link.to_id) if one is not None])
    call.record(investigation_scope.unlink(link, ends, at=call.now))
    return show_altered_record(call.tx, id, call.member)
