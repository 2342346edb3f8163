"""Rows on their way into the local warehouse: in one request, or in chunks (https://cloud.google.com/bigquery/docs/reference/api-uploads)."""

from __future__ import annotations

import json
import re
import threading
import uuid
from dataclasses import dataclass, field

from infra.local.warehouse_engine import Resource
from infra.local.warehouse_values import Refused, invalid

SESSIONS = 50  # begun uploads at most; the oldest is forgotten first
LIMIT = 256 * 1024 * 1024  # bytes of one upload
RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


class Incomplete(Exception):  # noqa: N818 - an answer (308)
    """More is expected; `received` bytes are here."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


@dataclass
class Upload:
    """One resumable upload: the job that it is for, and what has come."""

    job: Resource
    content: bytearray = field(default_factory=bytearray)


class Uploads:
    """The resumable uploads that are going on, in memory: after a restart their senders begin again."""

    def __init__(self) -> None:
        self._begun: dict[str, Upload] = {}
        self._lock = threading.Lock()

    def begin(self, job: Resource) -> str:
        """The new upload's id."""
        with self._lock:
            while len(self._begun) >= SESSIONS:
                self._begun.pop(next(iter(self._begun)))
            session = uuid.uuid4().hex
            self._begun[session] = Upload(job)
            return session

    def take(self, session: str, said: str, chunk: bytes) -> tuple[Resource, bytes]:
        """The job and all its rows once the last chunk is here; raises Incomplete before, Refused where a chunk can't be."""
        with self._lock:
            upload = self._begun.get(session)
            if upload is None:
                raise Refused(404, "notFound", "Not found: the upload. Begin it again.")
            found = RANGE.fullmatch(said or f"bytes 0-{len(chunk) - 1}/{len(chunk)}" if chunk or said else "bytes */0")
            if not found or (found[1] and int(found[2]) - int(found[1]) + 1 != len(chunk)):
                raise invalid(f"Content-Range {said!r} doesn't describe the chunk.")
            if found[1] and int(found[1]) <= len(upload.content):
                upload.content[int(found[1]) :] = chunk
            if len(upload.content) > LIMIT:
                raise Refused(413, "uploadTooLarge", f"An upload has at most {LIMIT} bytes here.")
            if found[3] == "*" or len(upload.content) < int(found[3]):
                raise Incomplete(len(upload.content))
            return upload.job, bytes(upload.content)

    def end(self, session: str) -> None:
        """Forget a finished upload."""
        with self._lock:
            self._begun.pop(session, None)


def multipart(content_type: str, body: bytes) -> tuple[Resource, bytes]:
    """The job and its rows from a multipart/related body; raises Refused."""
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    parts = body.split(b"--" + found[1].encode()) if found else []
    contents = [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts[1:-1]]
    if len(contents) != 2:
        raise invalid("A multipart upload has two parts: the job and its rows.")
    try:
        job = json.loads(contents[0])
    except ValueError:
        job = None
    if not isinstance(job, dict):
        raise Refused(400, "parseError", "The job is no JSON object.")
    return job, contents[1]
