"""Files in Cloud Storage: signed URLs for upload and download, verification of uploads, and storage.

This process counts and hashes an upload and never parses it: shared.outside.reader has that done in a process of its own.

Uploads are at uploads/<organisation>/<file id>; stored files are named by their hash, so that nothing is ever
overwritten: blobs/<organisation>/<sha256>. google-cloud-storage takes 0.2 to 0.35 s to import, so only when needed.
"""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import IO, TYPE_CHECKING, BinaryIO
from uuid import UUID

from shared.domain.files import files
from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import replace
from shared.google import addresses, reach
from shared.outside import config, reader, scanner
from shared.outside.imports import importing
from shared.outside.places import Places

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.storage import Bucket

UPLOAD_MINUTES = 15
DOWNLOAD_MINUTES = 5
TIME_LIMIT = (5, 20)  # seconds: to connect, between two bytes
RETRY_LIMIT = 15.0  # seconds in which a call to Cloud Storage is tried again
READ_LIMIT = 20.0  # seconds for receiving a whole upload
WAIT_LIMIT = 30.0  # seconds to wait for a place; with the limits of receiving, reading and scanning it is less than the function's own
FILES = reach.Service("Files are", retry_after=5)
AT_ONCE = 2  # uploads verified at once in a process; each takes up to 50 MiB of temporary space and the memory of its reader

log = logging.getLogger(__name__)
# A place is free again after READ_LIMIT, reader.DEADLINE and scanner.DEADLINE at the latest.
_places = Places(
    AT_ONCE, WAIT_LIMIT, Sentence("many_files_checked", "Many files are being checked at this moment. Try again in a few seconds.")
)


def upload_url(organisation_id: UUID, file_id: UUID, media_type: str, size: int) -> tuple[str, dict[str, str]]:
    """The URL to PUT exactly `size` bytes to, once and within 15 minutes, and the headers to send."""
    headers = {
        "content-type": media_type,
        "x-goog-if-generation-match": "0",
        "x-goog-content-length-range": f"{size},{size}",
    }
    url = addresses.signed_url(_upload(organisation_id, file_id), "PUT", UPLOAD_MINUTES, headers)
    return url, headers


def download_url(organisation_id: UUID, sha256: str, filename: str, media_type: str) -> str:
    """The URL of a stored file, valid for 5 minutes; browsers save it as `filename` and don't display it (RFC 6266)."""
    shown = {"response-content-disposition": files.disposition(filename), "response-content-type": media_type}
    return addresses.signed_url(_blob(organisation_id, sha256), "GET", DOWNLOAD_MINUTES, {}, **shown)


def prove(announced: files.File) -> files.Proof:
    """Read the whole upload of a file and report what it is; files.NOTHING if nothing was uploaded.

    `files.finish` refuses bad uploads, not this; the door has judged before that the file is the caller's.
    """
    with importing():
        from google.api_core.exceptions import NotFound

    name = _upload(announced.organisation_id, announced.id)
    with _places.taken(announced.organisation_id), _calls(), tempfile.TemporaryFile() as file:
        blob = _bucket().blob(name)
        try:
            blob.reload(timeout=TIME_LIMIT, retry=_retry())
        except NotFound:
            return files.NOTHING
        if blob.size > files.SIZE_LIMIT:
            raise errors.Invalid(
                "file_id", Sentence("upload_too_large", "A file has at most {most:,} bytes. Upload a smaller one.", most=files.SIZE_LIMIT)
            )
        received = _Received(file)
        unchanged = {"if_generation_match": blob.generation}
        blob.download_to_file(received, timeout=TIME_LIMIT, retry=_retry(), **unchanged)
        measured = files.Proof(received.size, received.hash.hexdigest(), int(blob.generation), "", (), "")
        if (measured.size, measured.sha256) != (announced.size, announced.sha256):
            return measured  # it is refused for that
        found = reader.examine(file, announced.media_type)
        dangers = (found.danger,) if found.danger else scanner.dangers(file)
        return replace(measured, seen_as=found.seen_as, dangers=dangers, text=found.text, extent=found.extent)


def keep(organisation_id: UUID, file_id: UUID, proof: files.Proof) -> None:
    """Copy exactly the verified bytes to their permanent place; if the same content is there already, do nothing.

    The upload stays, because a failed commit may make the step run again; `discard_upload` or the bucket's lifecycle
    rule (uploads/ older than a day) removes it.
    """
    with importing():
        from google.api_core.exceptions import PreconditionFailed

    with _calls():
        bucket = _bucket()
        target = bucket.blob(_blob(organisation_id, proof.sha256))
        try:
            bucket.copy_blob(
                bucket.blob(_upload(organisation_id, file_id)),
                bucket,
                target.name,
                if_generation_match=0,
                if_source_generation_match=proof.generation,
                timeout=TIME_LIMIT,
                retry=_retry(),
            )
        except PreconditionFailed:
            if not target.exists(timeout=TIME_LIMIT, retry=_retry()):
                sentence = Sentence("upload_replaced", "The upload was replaced while it was being checked. Finish it once more.")
                raise errors.Conflict(sentence) from None


def holds(organisation_id: UUID, sha256: str, size: int) -> bool:
    """Whether a stored file exists and matches its size and hash."""
    with importing():
        from google.api_core.exceptions import NotFound

    counted = _Counter()
    with _calls():
        try:
            _bucket().blob(_blob(organisation_id, sha256)).download_to_file(counted, timeout=TIME_LIMIT, retry=_retry())
        except NotFound:
            return False
    return (counted.size, counted.hash.hexdigest()) == (size, sha256)


def read_into(organisation_id: UUID, sha256: str, sink: IO[bytes]) -> str:
    """Write the bytes of a stored file into `sink` and return their SHA-256; raises Conflict where they aren't there."""
    received = _Passed(sink)
    with _calls():
        _bucket().blob(_blob(organisation_id, sha256)).download_to_file(received, timeout=TIME_LIMIT, retry=_retry())
    return received.hash.hexdigest()


def keep_export(organisation_id: UUID, export_id: UUID, content: IO[bytes], size: int, media_type: str) -> None:
    """Store the file of an export; made again, it replaces what a killed run left."""
    content.seek(0)
    with _calls():
        _bucket().blob(_export(organisation_id, export_id)).upload_from_file(
            content, size=size, content_type=media_type, timeout=TIME_LIMIT, retry=_retry()
        )


def export_url(organisation_id: UUID, export_id: UUID, filename: str, media_type: str) -> str:
    """The URL of the file of an export, valid for 5 minutes; browsers save it as `filename`."""
    shown = {"response-content-disposition": files.disposition(filename), "response-content-type": media_type}
    return addresses.signed_url(_export(organisation_id, export_id), "GET", DOWNLOAD_MINUTES, {}, **shown)


def discard_export(organisation_id: UUID, export_id: UUID) -> None:
    """Delete the file of an export, if it exists."""
    _discard(_export(organisation_id, export_id))


def discard_upload(organisation_id: UUID, file_id: UUID) -> None:
    """Delete an upload, if it exists."""
    _discard(_upload(organisation_id, file_id))


def discard_blob(organisation_id: UUID, sha256: str) -> None:
    """Delete stored bytes that no file refers to, if they exist; Cloud Storage keeps them as a noncurrent version for a while."""
    _discard(_blob(organisation_id, sha256))


def objects(organisation_id: UUID, kind: str, older: datetime) -> Iterator[str]:
    """The base names of the organisation's objects of this kind ("uploads" or "blobs") made before `older`."""
    with _calls():
        for blob in _bucket().list_blobs(prefix=f"{kind}/{UUID(str(organisation_id))}/", timeout=TIME_LIMIT, retry=_retry()):
            if blob.time_created < older:
                yield blob.name.rpartition("/")[2]


def _discard(name: str) -> None:
    with importing():
        from google.api_core.exceptions import NotFound

    with _calls():
        try:
            _bucket().blob(name).delete(timeout=TIME_LIMIT, retry=_retry())
        except NotFound:
            log.debug("the object was gone already")


class _Counter:
    """A sink that counts and hashes a stored file."""

    def __init__(self) -> None:
        self.size = 0
        self.hash = hashlib.sha256()

    def write(self, chunk: bytes) -> int:
        self.size += len(chunk)
        self.hash.update(chunk)
        return len(chunk)

    def flush(self) -> None:
        """Nothing is kept."""


class _Passed(_Counter):
    """A sink that passes on what it counts and hashes."""

    def __init__(self, sink: IO[bytes]) -> None:
        super().__init__()
        self.sink = sink

    def write(self, chunk: bytes) -> int:
        self.sink.write(chunk)
        return super().write(chunk)


class _Received(_Counter):
    """A sink that stores an upload while counting and hashing it."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self.file = file
        self._until = time.monotonic() + READ_LIMIT

    def write(self, chunk: bytes) -> int:
        if self.size + len(chunk) > files.SIZE_LIMIT:
            raise errors.Invalid(
                "file_id", Sentence("upload_too_large", "A file has at most {most:,} bytes. Upload a smaller one.", most=files.SIZE_LIMIT)
            )
        if time.monotonic() > self._until:
            raise errors.Unavailable(
                Sentence("upload_read_too_slowly", "Reading the upload takes too long. Try again in a minute."), retry_after=60
            )
        self.file.write(chunk)
        return super().write(chunk)

    def flush(self) -> None:
        self.file.flush()


def _upload(organisation_id: UUID, file_id: UUID) -> str:
    return f"uploads/{UUID(str(organisation_id))}/{UUID(str(file_id))}"


def _export(organisation_id: UUID, export_id: UUID) -> str:
    return f"exports/{UUID(str(organisation_id))}/{UUID(str(export_id))}"


def _blob(organisation_id: UUID, sha256: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        message = "a kept file is named by its SHA-256"
        raise ValueError(message)
    return f"blobs/{UUID(str(organisation_id))}/{sha256}"


def _bucket() -> Bucket:
    return reach.bucket(config.current().bucket)


def _retry() -> Retry:
    return reach.retry(RETRY_LIMIT)


def _calls() -> AbstractContextManager[None]:
    return reach.storage_calls(
        FILES,
        lambda: errors.Conflict(
            Sentence("nothing_uploaded_yet", "Nothing has been uploaded for this file yet. PUT it to its upload_url first.")
        ),
    )
