"""The bucket of backups: in another project, with locked retention, so that nothing is replaced or deleted early."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from shared.google import reach
from shared.outside.imports import importing

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.storage import Bucket

CHUNK = 8 * 1024 * 1024  # bytes a request, which is also the memory that a backup takes
GATHERED = 256 * 1024  # bytes of rows that are hashed and compressed together
LEVEL = 1  # of compression: reduces to a third, in a quarter of the default level's time
TIME_LIMIT = (5, 60)  # seconds: to connect, between two bytes
RETRY_LIMIT = 120.0  # seconds in which a call is tried again
BACKUPS = reach.Service("Backups are", retry_after=60)


class Damaged(Exception):  # noqa: N818 - it names what happened
    """An object of a backup is missing or altered."""


class Sink:
    """A sink that counts and hashes rows."""

    def __init__(self) -> None:
        self.bytes = 0
        self._rows: list[bytes] = []
        self._gathered = 0
        self._hash = hashlib.sha256()

    def write(self, row: bytes) -> int:
        """Add one row."""
        self._rows.append(row)
        self._gathered += len(row)
        if self._gathered >= GATHERED:
            self._take()
        return len(row)

    def close(self) -> None:
        """Process the remaining rows."""
        self._take()

    @property
    def sha256(self) -> str:
        """The hash of all rows, once closed."""
        return self._hash.hexdigest()

    def _take(self) -> None:
        whole = b"".join(self._rows)
        self._rows, self._gathered = [], 0
        self.bytes += len(whole)
        self._hash.update(whole)
        self._pass_on(whole)

    def _pass_on(self, rows: bytes) -> None:
        """Do nothing more with rows; Writer stores them."""


class Writer(Sink):
    """A sink that also writes the rows, compressed, to a new object, which exists once the writer is closed, unless there was no row."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        super().__init__()
        self.name = name
        self.object_sha256 = ""
        self._bucket = bucket
        self._object: Any = None  # google-cloud-storage has no types
        self._packed = hashlib.sha256()
        self._pack = zlib.compressobj(LEVEL, wbits=31)

    def close(self) -> None:
        """Process the remaining rows and finish the object."""
        super().close()
        if self._object is not None:
            self._put(self._pack.flush())
            with reaching():
                self._object.close()
            self.object_sha256 = self._packed.hexdigest()

    def _pass_on(self, rows: bytes) -> None:
        if rows:
            self._put(self._pack.compress(rows))

    def _put(self, packed: bytes) -> None:
        with reaching():
            if self._object is None:
                blob = self._bucket.blob(self.name)
                once: dict[str, Any] = {"if_generation_match": 0, "content_type": "application/gzip"}
                self._object = blob.open("wb", chunk_size=CHUNK, retry=_retry(), timeout=TIME_LIMIT, **once)
            self._object.write(packed)
        self._packed.update(packed)


class Vault:
    """The bucket of backups."""

    def __init__(self, name: str) -> None:
        self.bucket: Bucket = reach.bucket(name)

    def has(self, name: str) -> bool:
        """Whether there is an object of this name."""
        with reaching():
            return bool(self.bucket.blob(name).exists(timeout=TIME_LIMIT, retry=_retry()))

    def folders(self, name: str) -> list[str]:
        """The names of the folders in a folder, last first."""
        with reaching():
            pages = self.bucket.list_blobs(prefix=f"{name}/", delimiter="/", timeout=TIME_LIMIT, retry=_retry())
            found = {prefix for page in pages.pages for prefix in page.prefixes}
        return sorted((prefix.rstrip("/").rpartition("/")[2] for prefix in found), reverse=True)

    def put_once(self, name: str, content: bytes) -> bool:
        """Create an object; False if one of this name exists, which stays unaltered."""
        with importing():
            from google.api_core.exceptions import PreconditionFailed

        with reaching():
            try:
                self.bucket.blob(name).upload_from_string(
                    content, "application/json", if_generation_match=0, timeout=TIME_LIMIT, retry=_retry()
                )
            except PreconditionFailed:
                return False
        return True

    def get(self, name: str) -> bytes:
        """A small object's bytes."""
        with reaching():
            return bytes(self.bucket.blob(name).download_as_bytes(timeout=TIME_LIMIT, retry=_retry()))

    def rows(self, name: str, sha256: str) -> Iterator[bytes]:
        """The rows that a Writer wrote, in chunks; raises Damaged at the end if the object's hash isn't `sha256`."""
        packed, unpack = hashlib.sha256(), zlib.decompressobj(wbits=31)
        with reaching():
            reader: Any = self.bucket.blob(name).open("rb", chunk_size=CHUNK, timeout=TIME_LIMIT, retry=_retry())
        try:
            while chunk := _chunk(reader):
                packed.update(chunk)
                yield unpack.decompress(chunk)
        except zlib.error:
            raise Damaged(f"{name} can't be unpacked.") from None
        if packed.hexdigest() != sha256 or not unpack.eof:
            raise Damaged(f"{name} isn't what was written.")


def _chunk(reader: Any) -> bytes:  # noqa: ANN401 - google-cloud-storage has no types
    with reaching():
        return bytes(reader.read(GATHERED))


def _retry() -> Retry:
    return reach.retry(RETRY_LIMIT)


def reaching() -> AbstractContextManager[None]:
    """Raise Damaged for what isn't there and Unavailable while the bucket is out of reach."""
    return reach.storage_calls(BACKUPS, lambda: Damaged("An object of the backup is missing."))
