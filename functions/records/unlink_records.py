"""Take a link away."""

from __future__ import annotations

from uuid import UUID

from shared import coverage, people
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import ARecord


@command(who=people.ACTION_OWNERS)
def unlink_records(call: Call, id: UUID, link_id: UUID, reason: Reason) -> ARecord:  # noqa: ARG001 - the door hands it to the trail
    """Take away a link that was wrong, from either end; the audit trail keeps it with the reason."""
    found = call.store.dossier(id)
    call.match(found.record)
    link = call.store.link(id, link_id)
    ends = call.store.dossiers([one for one in (link.from_id, link.to_id) if one is not None])
    call.record(coverage.unlink(link, ends, at=call.now))
    return call.store.show_step(id, call.member)
