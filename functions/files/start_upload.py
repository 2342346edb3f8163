"""Announce a file and get the URL to upload it to."""

from __future__ import annotations

from shared.answers.files import Upload
from shared.app.call import Call
from shared.app.uploads import Addressed, addressed, announced
from shared.domain.people import people
from shared.doors.body import Line
from shared.doors.http import command


@command(who=people.ACTION_OWNERS, of=announced, before=addressed)
def start_upload(call: Call, filename: Line, media_type: Line, size: int, sha256: Line) -> Upload:  # noqa: ARG001 - `announced` reads them
    """Announce an upload; PUT its bytes to `upload_url` with `headers` within 15 minutes, then call finish_upload."""
    found = call.prepared
    assert isinstance(found, Addressed)  # noqa: S101 - what the door prepared
    call.save(found.file)
    return {"file_id": str(found.file.id), "upload_url": found.url, "headers": dict(found.headers)}
