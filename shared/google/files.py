"""Files in Cloud Storage: signed URLs for upload and download, verification of uploads, and storage.

Uploads are at uploads/<organisation>/<file id>; stored files are named by their hash, so that nothing is ever
overwritten: blobs/<organisation>/<sha256>. google-cloud-storage takes 0.2 to 0.35 s to import, so only when needed.
"""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

from shared.domain.files import file_types, files
from shared.domain.kernel import errors
from shared.google import addresses, reach
from shared.outside import config, extract
from shared.outside.imports import importing
from shared.outside.texts.gathering import NOTHING_READ

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.storage import Bucket

UPLOAD_MINUTES = 15
DOWNLOAD_MINUTES = 5
TIME_LIMIT = (5, 20)  # seconds: to connect, between two bytes
RETRY_LIMIT = 15.0  # seconds in which a call to Cloud Storage is tried again
READ_LIMIT = 60.0  # seconds for reading a whole upload
FILES = reach.Service("Files are", retry_after=5)
AT_ONCE = 2  # uploads verified at once in a process; each takes up to 50 MiB of temporary space
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")  # bytes that text doesn't contain in any common encoding

log = logging.getLogger(__name__)
_places = threading.BoundedSemaphore(AT_ONCE)


def upload_url(organisation_id: UUID, file_id: UUID, media_type: str, size: int) -> tuple[str, dict[str, str]]:
    """The URL to PUT exactly `size` bytes to, once and within 15 minutes, and the headers to send."""
    headers = {
        "content-type": media_type,
        "x-goog-if-generation-match": "0",
        "x-goog-content-length-range": f"{size},{size}",
    }
    url = addresses.sign(_upload(organisation_id, file_id), "PUT", UPLOAD_MINUTES, headers)
    return url, headers


def download_url(organisation_id: UUID, sha256: str, filename: str, media_type: str) -> str:
    """The URL of a stored file, valid for 5 minutes; browsers save it as `filename` and don't display it (RFC 6266)."""
    shown = {"response-content-disposition": files.disposition(filename), "response-content-type": media_type}
    return addresses.sign(_blob(organisation_id, sha256), "GET", DOWNLOAD_MINUTES, {}, **shown)


def prove(organisation_id: UUID, file_id: UUID) -> files.Proof:
    """Read the whole upload and report what it is; files.NOTHING if nothing was uploaded.

    `files.finish` refuses bad uploads, not this: it runs before the caller's right to the file is checked.
    """
    with importing():
        from google.api_core.exceptions import NotFound

    name = _upload(organisation_id, file_id)
    if not _places.acquire(timeout=TIME_LIMIT[1]):
        raise errors.Unavailable("Many files are being checked at this moment. Try again in a few seconds.", retry_after=5)
    try:
        with _calls(), tempfile.TemporaryFile() as file:
            blob = _bucket().blob(name)
            try:
                blob.reload(timeout=TIME_LIMIT, retry=_retry())
            except NotFound:
                return files.NOTHING
            if blob.size > files.SIZE_LIMIT:
                raise errors.Invalid("file_id", f"A file has at most {files.SIZE_LIMIT:,} bytes. Upload a smaller one.")
            reader = _Reader(file)
            unchanged = {"if_generation_match": blob.generation}
            blob.download_to_file(reader, timeout=TIME_LIMIT, retry=_retry(), **unchanged)
            return _proof(file, reader, int(blob.generation))
    finally:
        _places.release()


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
                sentence = "The upload was replaced while it was being checked. Finish it once more."
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


class _Reader:
    """A sink that stores an upload while counting, hashing and scanning it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = 0
        self.hash = hashlib.sha256()
        self.head = b""
        self.virus = False
        self.text = True
        self._tail = b""
        self._until = time.monotonic() + READ_LIMIT

    def write(self, chunk: bytes) -> int:
        self.size += len(chunk)
        if self.size > files.SIZE_LIMIT:
            raise errors.Invalid("file_id", f"A file has at most {files.SIZE_LIMIT:,} bytes. Upload a smaller one.")
        if time.monotonic() > self._until:
            raise errors.Unavailable("Reading the upload takes too long. Try again in a minute.", retry_after=60)
        self.file.write(chunk)
        self.hash.update(chunk)
        self.head += chunk[: file_types.HEAD - len(self.head)] if len(self.head) < file_types.HEAD else b""
        self.virus = self.virus or file_types.EICAR in self._tail + chunk
        self._tail = (self._tail + chunk)[-len(file_types.EICAR) :]
        self.text = self.text and not _CONTROL.search(chunk)
        return len(chunk)

    def flush(self) -> None:
        self.file.flush()


def _proof(file: BinaryIO, reader: _Reader, generation: int) -> files.Proof:
    """The type, dangers and text of what was read."""
    found = ["virus"] if reader.virus else []
    parts, mimetype = None, ""
    if reader.head.startswith(b"PK\x03\x04"):
        try:
            parts, mimetype, more = _open(file, reader.size)
            found += more
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
            found.append("damaged")
    seen_as = file_types.recognise(reader.head, text=reader.text, parts=parts, mimetype=mimetype)
    if seen_as == "application/pdf" and extract.needs_password(file):
        found.append("encrypted")
    reading = NOTHING_READ if found else extract.text(file, seen_as)
    return files.Proof(
        size=reader.size,
        sha256=reader.hash.hexdigest(),
        generation=generation,
        seen_as=seen_as,
        dangers=tuple(found),
        text=reading.text,
        extent=reading.extent,
    )


def _open(file: BinaryIO, size: int) -> tuple[list[file_types.Part], str, list[str]]:
    """A zip package's parts, its declared type (OpenDocument) and its dangers, unpacking only small parts."""
    with zipfile.ZipFile(file) as package:
        entries = package.infolist()
        parts = [file_types.Part(each.filename, each.file_size, each.compress_size, bool(each.flag_bits & 1)) for each in entries]
        found = list(file_types.dangers(parts, size, b""))
        if found:
            return parts, "", found
        small = {each.filename: each for each in entries if each.file_size <= 1024 * 1024}

        def part(name: str) -> bytes:
            return package.read(small[name]) if name in small else b""

        found += file_types.dangers(parts, size, part("[Content_Types].xml"))
        tiny = (each for each in entries if len(file_types.EICAR) <= each.file_size <= 2 * len(file_types.EICAR))
        if any(file_types.EICAR in package.read(each) for each in tiny):
            found.append("virus")
        return parts, part("mimetype")[:100].decode("ascii", "replace"), found


def _upload(organisation_id: UUID, file_id: UUID) -> str:
    return f"uploads/{UUID(str(organisation_id))}/{UUID(str(file_id))}"


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
        FILES, lambda: errors.Conflict("Nothing has been uploaded for this file yet. PUT it to its upload_url first.")
    )
