"""Cloud Storage on one machine: a gate that checks what Google checks, before fake-gcs-server, which checks nothing.

fake-gcs-server 1.54 accepts expired and altered addresses and ignores every precondition. The gate lets in an address
that carries a valid V4 signature and the application's own calls with its token, and keeps the preconditions itself.

    python -m infra.local.storage_gate --port 9023 --backend-port 9024 --home .local/storage --bucket qfacts-files \
        --locked-bucket qfacts-seals
"""

from __future__ import annotations

import json
import re
import tempfile
import threading
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode
from xml.sax.saxutils import escape

from infra.local.storage_signatures import Key, Refused, Request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TIME_LIMIT = 30  # seconds for one call to the server behind
BODY_LIMIT = 64 * 1024 * 1024  # bytes; beyond what the product accepts, short of filling the machine
IN_MEMORY = 1024 * 1024  # bytes of a body kept in memory; the rest goes to a temporary file
CHUNK = 64 * 1024  # bytes
_HOP = {"connection", "date", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length"}
_CONDITIONS = re.compile(r"if(Source)?(Generation|Metageneration)(Not)?Match")
_API = ("/storage/v1/", "/upload/", "/download/storage/v1/")
_STATUS = {200: "OK", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
_STATUS |= {405: "Method Not Allowed", 412: "Precondition Failed", 413: "Content Too Large", 503: "Unavailable"}

Conditions = dict[str, str]
Headers = list[tuple[str, str]]


class Gate:
    """The WSGI application; `backend` is fake-gcs-server's port, `origin` the web application's, for its browser; in the buckets that are
    `locked` nothing that is there is altered or removed (a retention policy that is locked).
    """

    def __init__(self, backend: int, key: Key, origin: str, locked: frozenset[str] = frozenset()) -> None:
        self.backend, self.key, self.origin, self.locked = backend, key, origin, locked
        self._locks = [threading.Lock() for _ in range(64)]
        self._sessions: dict[str, tuple[str, str, Conditions]] = {}  # resumable uploads by their upload_id

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Judges one request and passes it on."""
        raw = str(environ.get("RAW_URI") or quote(environ.get("PATH_INFO", ""), safe="/~"))
        path, _, query = raw.partition("?")
        names = (name for name in environ if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"})
        headers = {name.removeprefix("HTTP_").replace("_", "-").lower(): environ[name] for name in names}
        request = Request(environ["REQUEST_METHOD"], path, query, headers)
        try:
            with _body(environ) as body:
                status, answer, content = self._answer(request, body)
        except Refused as refusal:
            status, answer, content = _refusal(request, refusal)
        except (OSError, HTTPException):
            down = Refused(503, "ServiceUnavailable", "The server behind the gate doesn't answer.")
            status, answer, content = _refusal(request, down)
        if self.origin and headers.get("origin") == self.origin:
            answer = [*answer, *self._cors()]
        start_response(f"{status} {_STATUS.get(status, 'Answer')}", answer)
        return content

    def _answer(self, request: Request, body: IO[bytes]) -> tuple[int, Headers, Iterable[bytes]]:
        if request.method == "OPTIONS":
            return 204, [], []
        if request.path == "/health":
            with self._call("GET", "/_internal/healthcheck") as healthy:
                return healthy.status, [("Content-Type", "text/plain")], [healthy.read()]
        if "X-Goog-Signature=" in request.query or "X-Goog-Algorithm=" in request.query:
            self.key.judge_address(request, datetime.now(UTC))
            return self._signed(request, body)
        if request.path.startswith(_API):
            self.key.judge_bearer(request.headers.get("authorization", ""))
            return self._passed(request, body)
        raise Refused(403, "AccessDenied", "Anonymous callers have no access to this object.")

    def _cors(self) -> Headers:
        """What the bucket's CORS settings give the web application in the cloud."""
        return [
            ("Access-Control-Allow-Origin", self.origin),
            ("Access-Control-Allow-Methods", "GET, HEAD, PUT"),
            ("Access-Control-Allow-Headers", "content-type, x-goog-if-generation-match, x-goog-content-length-range"),
            ("Access-Control-Expose-Headers", "content-disposition, etag"),
            ("Access-Control-Max-Age", "3600"),
            ("Vary", "Origin"),
        ]

    def _signed(self, request: Request, body: IO[bytes]) -> tuple[int, Headers, Iterable[bytes]]:
        """One request of the XML API with a signed address, done through the JSON API."""
        bucket, _, name = (unquote(part) for part in request.path.removeprefix("/").partition("/"))
        given = request.parameters()
        conditions = {
            condition: request.headers[header]
            for header, condition in (
                ("x-goog-if-generation-match", "ifGenerationMatch"),
                ("x-goog-if-metageneration-match", "ifMetagenerationMatch"),
            )
            if header in request.headers
        }
        if request.method == "PUT":
            _judge_length(request.headers.get("x-goog-content-length-range", ""), body)
            target = f"/upload/storage/v1/b/{quote(bucket, safe='')}/o?" + urlencode({"uploadType": "media", "name": name})
            kind = {"Content-Type": request.headers.get("content-type", "application/octet-stream")}
            with self._lock(bucket, name):
                self._judge_conditions(bucket, name, conditions)
                self._judge_retention(bucket, name)
                with self._call("POST", target, body, kind) as answer:
                    stored = json.loads(answer.read())
            return 200, [("ETag", f'"{stored["etag"]}"'), ("x-goog-generation", stored["generation"])], []
        if request.method not in {"GET", "HEAD"}:
            raise Refused(405, "MethodNotAllowed", "A signed address here is for PUT, GET or HEAD.")
        self._judge_conditions(bucket, name, conditions)
        wanted = {"Range": request.headers["range"]} if "range" in request.headers else {}
        place = f"/download/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}?alt=media"
        answer = self._call(request.method, place, None, wanted)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise Refused(404, "NoSuchKey", "The object doesn't exist.")
        chosen = {
            "content-type": given.get("response-content-type"),
            "content-disposition": given.get("response-content-disposition"),
        }
        kept = [(header, value) for header, value in _headers(answer) if not chosen.get(header.lower())]
        return answer.status, [*kept, *((name, value) for name, value in chosen.items() if value)], _stream(answer)

    def _passed(self, request: Request, body: IO[bytes]) -> tuple[int, Headers, Iterable[bytes]]:
        """One call of the JSON API by the application itself."""
        found = dict(parse_qsl(request.query))
        conditions = {name: value for name, value in found.items() if _CONDITIONS.fullmatch(name)}
        bucket, name = _target(request, found, body)
        if found.get("upload_id") in self._sessions:
            bucket, name, conditions = self._sessions[found["upload_id"]]
        sent = {header: value for header, value in request.headers.items() if header not in _HOP}
        sent["Host"] = request.headers["host"]  # the links in its answers lead back through the gate
        place = f"{request.path}?{request.query}" if request.query else request.path
        if request.method in {"GET", "HEAD"}:
            self._judge_conditions(bucket, name, conditions)
            answer = self._call(request.method, place, None, sent)
            return answer.status, _headers(answer), _stream(answer)
        with self._lock(bucket, name):
            self._judge_conditions(bucket, name, {key: value for key, value in conditions.items() if "Source" not in key})
            self._judge_source(request, conditions)
            self._judge_retention(bucket, name)
            with self._call(request.method, place, body, sent) as answer:
                content = answer.read()
        session = dict(parse_qsl(answer.headers.get("Location", "").partition("?")[2])).get("upload_id")
        if session and conditions:
            self._sessions[session] = (bucket, name, conditions)
        return answer.status, _headers(answer), [content]

    def _judge_source(self, request: Request, conditions: Conditions) -> None:
        """ifSource...Match of a copy is about the object that is copied."""
        source = {key.replace("Source", ""): value for key, value in conditions.items() if "Source" in key}
        match = re.match(r"/storage/v1/b/([^/]+)/o/([^/]+)/(copyTo|rewriteTo)/", request.path)
        if source and match:
            self._judge_conditions(unquote(match[1]), unquote(match[2]), source)

    def _judge_conditions(self, bucket: str, name: str, conditions: Conditions) -> None:
        """Raises Refused unless the object is as the request says; generation 0 means that there is none."""
        if not conditions or not name:
            return
        with self._call("GET", f"/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}") as answer:
            content = json.loads(answer.read()) if answer.status == HTTPStatus.OK else {}
        for condition, value in conditions.items():
            field = "metageneration" if "Metageneration" in condition else "generation"
            if (content.get(field, "0") == value) == ("Not" in condition):
                raise Refused(412, "PreconditionFailed", "At least one of the preconditions didn't hold.")

    def _judge_retention(self, bucket: str, name: str) -> None:
        """Raises Refused where an object of a locked bucket, or the bucket, would be replaced or removed: its time hasn't come."""
        if bucket not in self.locked:
            return
        with self._call("GET", f"/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}") as answer:
            there = answer.status == HTTPStatus.OK
        if there:
            raise Refused(403, "retentionPolicyNotMet", f"Object '{bucket}/{name}' is subject to the bucket's retention policy.")

    def _lock(self, bucket: str, name: str) -> threading.Lock:
        """Between looking at an object and changing it nobody else changes it."""
        return self._locks[zlib.crc32(f"{bucket}/{name}".encode()) % len(self._locks)]

    def _call(self, method: str, place: str, body: IO[bytes] | None = None, headers: dict[str, str] | None = None) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.backend, timeout=TIME_LIMIT)
        length = {"Content-Length": str(_length(body))} if body is not None else {}
        connection.request(method, place, body, {**(headers or {}), **length, "Connection": "close"})
        return connection.getresponse()


def _body(environ: WSGIEnvironment) -> IO[bytes]:
    """The whole body, in memory or in a temporary file, so that no lock ever waits for a slow sender."""
    body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    announced = environ.get("CONTENT_LENGTH")
    left = BODY_LIMIT + 1 if environ.get("wsgi.input_terminated") and not announced else int(announced or 0)
    if announced and left > BODY_LIMIT:
        raise Refused(413, "EntityTooLarge", "The body is larger than the gate takes.")
    while left and (chunk := environ["wsgi.input"].read(min(CHUNK, left))):
        body.write(chunk)
        left -= len(chunk)
    if announced and left:
        raise Refused(400, "IncompleteBody", "Fewer bytes came than Content-Length said.")
    if not announced and environ.get("wsgi.input_terminated") and not left:
        raise Refused(413, "EntityTooLarge", "The body is larger than the gate takes.")
    body.seek(0)
    return body


def _length(body: IO[bytes]) -> int:
    size = body.seek(0, 2)
    body.seek(0)
    return size


def _judge_length(wanted: str, body: IO[bytes]) -> None:
    """x-goog-content-length-range: fewest and most bytes."""
    if not wanted:
        return
    if not re.fullmatch(r"\d+,\d+", wanted):
        raise Refused(400, "InvalidArgument", "x-goog-content-length-range is two numbers with a comma.")
    fewest, most = map(int, wanted.split(","))
    if _length(body) < fewest:
        raise Refused(400, "EntityTooSmall", f"At least {fewest} bytes were announced.")
    if _length(body) > most:
        raise Refused(400, "EntityTooLarge", f"At most {most} bytes were announced.")


def _target(request: Request, given: dict[str, str], body: IO[bytes]) -> tuple[str, str]:
    """Bucket and name of the object that a call of the JSON API is about; "" where it is about none."""
    copied = re.search(r"/(?:copyTo|rewriteTo)/b/([^/]+)/o/([^/]+)", request.path)
    match = copied or re.match(r"(?:/upload|/download)?/storage/v1/b/([^/]+)/o(?:/([^/]+))?", request.path)
    if not match:
        return "", ""
    if match[2] or "name" in given:
        return unquote(match[1]), unquote(match[2] or given["name"])
    said = re.search(rb'"name":\s*("(?:[^"\\]|\\.)*")', body.read(CHUNK))  # multipart and resumable uploads say it inside
    body.seek(0)
    return unquote(match[1]), json.loads(said[1]) if said else ""


def _headers(answer: HTTPResponse) -> Headers:
    kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP - {"content-length"}]
    return [(name, value) for name, value in kept if not name.lower().startswith("access-control-")]


def _stream(answer: HTTPResponse) -> Iterator[bytes]:
    with answer:
        while chunk := answer.read(CHUNK):
            yield chunk


def _refusal(request: Request, refusal: Refused) -> tuple[int, Headers, list[bytes]]:
    """As Cloud Storage says it: JSON to the application, XML to whoever holds an address."""
    if request.path.startswith(_API):
        problem: dict[str, Any] = {"code": refusal.status, "message": refusal.sentence, "reason": refusal.code}
        return refusal.status, [("Content-Type", "application/json")], [json.dumps({"error": problem}).encode()]
    text = f"<Error><Code>{refusal.code}</Code><Message>{escape(refusal.sentence)}</Message></Error>"
    content = f"<?xml version='1.0' encoding='UTF-8'?>{text}".encode()
    return refusal.status, [("Content-Type", "application/xml; charset=UTF-8")], [content]


if __name__ == "__main__":
    from infra.local.storage_process import main

    main()
