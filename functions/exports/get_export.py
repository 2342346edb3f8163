"""Fetch an export that was asked for; the audit trail records who did."""

from __future__ import annotations

from uuid import UUID

from shared.answers.requested_exports import Asked, RequestedExport, requested
from shared.app.call import Call
from shared.domain.kernel.outcomes import saved
from shared.domain.kernel.values import replace
from shared.domain.people import people
from shared.domain.reports import requested_exports
from shared.doors.http import query
from shared.google import files as storage
from shared.queries.requested_exports import load_asked


def _signed(found: Asked) -> RequestedExport:
    """The export with the URL of its file; in the cloud another service signs it, for which no transaction waits."""
    row = found.export
    if not found.ready:
        return requested(found)
    return requested(found, storage.export_url(row.organisation_id, row.id, row.filename or "export", row.media_type or "application/zip"))


@query(who=people.STAFF, after=_signed)
def get_export(call: Call, id: UUID) -> Asked:
    """Show how far an export of one's own is; once it is done, with the URL of its file, for five minutes, as often as asked for a week."""
    found = load_asked(call.tx, id, call.person.id)
    if not found.ready:
        return found
    handed = requested_exports.hand_over(found.export, call.now)
    call.save(handed)
    return replace(found, export=saved(handed))
