"""Download a file; the audit trail records who did."""

from __future__ import annotations

from uuid import UUID

from shared.answers.files import DownloadUrl
from shared.app.call import Call
from shared.domain.files.files import File
from shared.domain.kernel import ids
from shared.domain.people import people
from shared.domain.records.records import Download
from shared.doors.http import query
from shared.google import files as storage
from shared.queries.files import load_readable_file


def _signed(file: File) -> DownloadUrl:
    """The URL of a file; in the cloud another service signs it, for which no transaction waits."""
    return {"url": storage.download_url(file.organisation_id, file.sha256, file.filename, file.media_type), "file_id": str(file.id)}


@query(who=people.READERS, after=_signed)
def download_file(call: Call, file_id: UUID) -> File:
    """Return a URL that serves the file for five minutes; a reader gets only files of versions in force."""
    file = load_readable_file(call.tx, file_id, call.member)
    call.save(
        Download(organisation_id=file.organisation_id, id=ids.new(call.now), file_id=file.id, person_id=call.person.id, created_at=call.now)
    )
    return file
