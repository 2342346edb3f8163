"""Ask for an export that takes long."""

from __future__ import annotations

from typing import Annotated, Any

from shared.answers.requested_exports import Asked, StartedExport, requested
from shared.app import export_requests
from shared.app.call import Call
from shared.domain.kernel.outcomes import saved
from shared.domain.people import people
from shared.domain.reports import requested_exports
from shared.doors.body import Among
from shared.doors.http import command
from shared.queries.requested_exports import count_under_way, hold_exports


@command(who=people.STAFF)
def start_export(call: Call, function: Annotated[str, Among(export_requests.NAMES)], arguments: dict[str, Any]) -> StartedExport:
    """Ask for an export that is made in the background: `function` with its `arguments`; get_export tells when it can be fetched.

    Up to 100,000 rows, or 100 records; three of a person's may be under way at once.
    """
    checked = export_requests.checked_request(function, arguments)
    hold_exports(call.tx)
    own, every = count_under_way(call.tx, call.person.id)
    asked = requested_exports.start(call.organisation.id, function, checked, by=call.person.id, own=own, every=every, at=call.now)
    call.save(asked)
    return {"export": requested(Asked(saved(asked), 0, ready=False))}
