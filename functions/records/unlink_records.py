"""Take a link away."""

from __future__ import annotations

from uuid import UUID

from shared.answers.pages import ARecord
from shared.app.call import Call
from shared.domain.events import investigation_scope
from shared.domain.people import people
from shared.doors.body import Reason
from shared.doors.http import command


@command(who=people.ACTION_OWNERS)
def unlink_records(call: Call, id: UUID, link_id: UUID, reason: Reason) -> ARecord:  # noqa: ARG001 - the door hands it to the trail
    """Take away a link that was wrong, from either end; the audit trail keeps it with the reason."""
    found = call.store.dossier(id)
    call.match(found.record)
    link = call.store.link(id, link_id)
    ends = call.store.dossiers([one for one in (link.from_id, link.to_id) if one is not None])
    call.record(investigation_scope.unlink(link, ends, at=call.now))
    return call.store.show_step(id, call.member)
