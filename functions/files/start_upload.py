"""Announce a file and get the URL to upload it to."""

from __future__ import annotations

from shared.answers.files import Upload
from shared.app.call import Call
from shared.domain.files import files
from shared.domain.kernel import ids
from shared.domain.people import people
from shared.doors.body import Line
from shared.doors.http import command
from shared.google import files as storage


@command(who=people.ACTION_OWNERS)
def start_upload(call: Call, filename: Line, media_type: Line, size: int, sha256: Line) -> Upload:
    """Announce an upload; PUT its bytes to `upload_url` with `headers` within 15 minutes, then call finish_upload."""
    file = files.start(
        organisation_id=call.organisation.id,
        id=ids.new(call.now),
        filename=filename,
        media_type=media_type,
        size=size,
        sha256=sha256,
        by=call.person.id,
        at=call.now,
    )
    url, headers = storage.upload_url(file.organisation_id, file.id, file.media_type, file.size)
    call.save(file)
    return {"file_id": str(file.id), "upload_url": url, "headers": headers}
