"""Verify an upload and store it."""

from __future__ import annotations

from uuid import UUID

from shared.answers import files as answers
from shared.answers.files import AFile
from shared.answers.parts import named
from shared.app.call import Call
from shared.app.uploads import own_upload, proven
from shared.domain.files import files
from shared.domain.people import people
from shared.doors.http import command
from shared.queries.files import keep_text, load_extent, load_files, load_own_file


@command(who=people.ACTION_OWNERS, of=own_upload, before=proven)
def finish_upload(call: Call, file_id: UUID) -> AFile:
    """Verify that the uploaded bytes are those announced by start_upload; only then can the file be used. Repeated, it answers the same."""
    file, proof = load_own_file(call.tx, file_id, call.person.id), call.prepared
    if file.status is files.Status.STARTED:
        assert isinstance(proof, files.Proof)  # noqa: S101 - what the door prepared
        finished = files.finish(file, proof, call.now)
        call.save(finished)
        keep_text(call.tx, finished, proof)
    return {
        "file": answers.file(load_files(call.tx, [file_id])[file_id], named(call.person.id, call.name)),
        "extent": load_extent(call.tx, file_id).sentence,
    }
