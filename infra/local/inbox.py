"""The mail of one machine: speaks SendGrid's `POST /v3/mail/send`, keeps what it gets and shows it to the developer.

A WSGI application, mounted at /mail:
    POST [/sendgrid]/v3/mail/send   as SendGrid answers: 202, 400, 401, 413, 415
    GET /messages?to=               [{id, to, subject, text, html, links, sent_at}], newest first
    GET /messages/<id>              one of them
    GET /                           a page to read them on
"""

from __future__ import annotations

import hmac
import json
import re
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BODY_LIMIT = 30 * 1024 * 1024  # bytes, SendGrid's own
SUBJECT_LIMIT = 998  # characters, RFC 5322 §2.1.1
KEPT_IN = "messages.sqlite"
SHOWN = 500  # messages in one list
_ADDRESS = re.compile(r"[^\s@<>\x00-\x1f]+@[^\s@<>\x00-\x1f]+\.[^\s@<>\x00-\x1f]+")
_LINK = re.compile(r"https?://[^\s<>\"']+")
_JSON, _HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"
_STATUS = {200: "OK", 202: "Accepted", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}
_STATUS |= {405: "Method Not Allowed", 413: "Content Too Large", 415: "Unsupported Media Type"}

Answer = tuple[int, str, bytes, dict[str, str]]


class Inbox:
    """The application; `path` is the SQLite file that keeps the messages, `key` the API key that may send."""

    def __init__(self, path: Path, key: str) -> None:
        self.path, self.key = path, key
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._database() as database:
            database.execute("pragma journal_mode = wal")
            database.execute(
                "create table if not exists messages (number integer primary key, id text unique, recipient text,"
                " subject text, text text, html text, sent_at text)"
            )
            database.execute("create index if not exists messages_recipient on messages (recipient, number)")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        status, kind, content, more = self._answer(environ)
        headers = {"Content-Type": kind, "Content-Length": str(len(content)), "Cache-Control": "no-store", **more}
        start_response(f"{status} {_STATUS[status]}", list(headers.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]

    def _answer(self, environ: WSGIEnvironment) -> Answer:
        path, method = environ.get("PATH_INFO", "") or "/", environ["REQUEST_METHOD"]
        if path.removeprefix("/sendgrid") == "/v3/mail/send":
            return self._take(environ) if method == "POST" else _errors(405, "method not allowed")
        if method not in {"GET", "HEAD"}:
            return _errors(405, "method not allowed")
        to = parse_qs(environ.get("QUERY_STRING", "")).get("to", [""])[0]
        if path == "/messages":
            return 200, _JSON, _json(self.messages(to)), {}
        if path.startswith("/messages/"):
            found = self.messages(number_or_id=path.removeprefix("/messages/"))
            return (200, _JSON, _json(found[0]), {}) if found else _errors(404, "no such message")
        if path == "/":
            return 200, _HTML, _page(self.messages(to), environ.get("SCRIPT_NAME", ""), to), _PAGE_HEADERS
        return _errors(404, "not found")

    def messages(self, to: str = "", number_or_id: str = "") -> list[dict[str, Any]]:
        """The messages to `to` (all where empty), newest first."""
        with self._database() as database:
            rows = database.execute(
                "select id, recipient, subject, text, html, sent_at from messages"
                " where (:to = '' or recipient = :to) and (:id = '' or id = :id) order by number desc limit :most",
                {"to": to.strip().lower(), "id": number_or_id, "most": SHOWN},
            ).fetchall()
        names = ("id", "to", "subject", "text", "html", "sent_at")
        return [{**(message := dict(zip(names, row, strict=True))), "links": _links(message)} for row in rows]

    def _take(self, environ: WSGIEnvironment) -> Answer:
        """Takes a mail as SendGrid does; its refusals name the field."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > BODY_LIMIT:
            return _errors(413, "The JSON payload you have included in your request is too large.")
        body = environ["wsgi.input"].read(length)
        given = str(environ.get("HTTP_AUTHORIZATION", ""))
        if not self.key or not hmac.compare_digest(given.encode(), f"Bearer {self.key}".encode()):
            return _errors(401, "The provided authorization grant is invalid, expired, or revoked")
        if environ.get("CONTENT_TYPE", "").partition(";")[0].strip() != "application/json":
            return _errors(415, "Content-Type should be application/json.")
        try:
            mail = json.loads(body)
        except (ValueError, RecursionError):
            return _errors(400, "Bad Request")
        complaint = next(_complaints(mail), None)
        if complaint:
            return _errors(400, complaint[1], complaint[0])
        return 202, "text/plain; charset=utf-8", b"", {"X-Message-Id": self._keep(mail)}

    def _keep(self, mail: dict[str, Any]) -> str:
        content = {part["type"]: part["value"] for part in mail["content"]}
        sent_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        kept = []
        for personalization in mail["personalizations"]:
            subject = personalization.get("subject") or mail["subject"]
            for field in ("to", "cc", "bcc"):
                for person in personalization.get(field, []):
                    texts = (content.get("text/plain", ""), content.get("text/html", ""))
                    kept.append((uuid.uuid4().hex, person["email"].lower(), subject, *texts, sent_at))
        with self._database() as database:
            columns = "id, recipient, subject, text, html, sent_at"
            database.executemany(f"insert into messages ({columns}) values (?, ?, ?, ?, ?, ?)", kept)  # noqa: S608 - constants
        return str(kept[0][0])

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """A connection for one request: threads share none."""
        connection = sqlite3.connect(self.path, timeout=10)
        try:
            with connection:
                yield connection
        finally:
            connection.close()


def _complaints(mail: Any) -> Iterator[tuple[str, str]]:
    """What SendGrid would object to: (field, sentence)."""
    if not isinstance(mail, dict):
        yield "", "Bad Request"
        return
    groups = mail.get("personalizations")
    if not isinstance(groups, list) or not 0 < len(groups) <= 1000:
        yield "personalizations", "The personalizations field is required and must have at least one personalization."
        return
    for index, group in enumerate(groups):
        place = f"personalizations.{index}"
        people = group.get("to") if isinstance(group, dict) else None
        if not isinstance(people, list) or not people:
            yield f"{place}.to", "The to array is required for all personalization objects, and must have at least one email."
            return
        for person in [each for field in ("to", "cc", "bcc") for each in group.get(field, [])]:
            if not _is_address(person):
                yield f"{place}.to.email", "Does not contain a valid address."
    if not _is_address(mail.get("from")):
        yield "from.email", "The from object must be provided for every email send, with a valid email."
    subjects = [mail.get("subject") or group.get("subject") for group in groups]
    if not all(isinstance(subject, str) and subject for subject in subjects):
        yield "subject", "The subject is required. You can get around this requirement if you use a template."
    elif any(len(subject) > SUBJECT_LIMIT or re.search(r"[\r\n]", subject) for subject in subjects):
        yield "subject", "The subject must be one line of at most 998 characters."
    yield from _content_complaints(mail.get("content"))


def _content_complaints(content: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(content, list) or not content:
        yield "content", "The content field is required and must have at least one part."
        return
    for part in content:
        if not isinstance(part, dict) or not all(isinstance(part.get(name), str) and part[name] for name in ("type", "value")):
            yield "content", "The content value must be a string at least one character in length."
            return
    if [part["type"] for part in content] not in (["text/plain"], ["text/html"], ["text/plain", "text/html"]):
        yield "content", "If present, text/plain must come first, followed by text/html."


def _is_address(person: Any) -> bool:
    return isinstance(person, dict) and isinstance(person.get("email"), str) and bool(_ADDRESS.fullmatch(person["email"]))


def _links(message: dict[str, Any]) -> list[str]:
    """The addresses in a message, each once, in their order."""
    hrefs = [unescape(found) for found in re.findall(r"href=[\"'](https?://[^\"']+)", message["html"])]
    return list(dict.fromkeys([*hrefs, *(found.rstrip(".,;:)") for found in _LINK.findall(message["text"]))]))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _errors(status: int, message: str, field: str | None = None) -> Answer:
    return status, _JSON, _json({"errors": [{"message": message, "field": field or None, "help": None}]}), {}


_STYLE = (
    ":root{color-scheme:light dark;--ink:#17202a;--soft:#5b6775;--line:#dfe4ea;--paper:#fff;--ground:#f5f7f9;--accent:#0b6e6e}"
    "@media (prefers-color-scheme:dark){"
    ":root{--ink:#e8edf2;--soft:#9aa7b4;--line:#2b3641;--paper:#161d24;--ground:#0f1419;--accent:#4fc3c3}}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:var(--ink);background:var(--ground)}"
    "details{background:var(--paper);border:1px solid var(--line);border-radius:8px;margin:.5rem 0;padding:.5rem 1rem;"
    "overflow-wrap:anywhere}"
    "summary{cursor:pointer}a{color:var(--accent)}iframe{width:100%;height:30rem;border:0;background:#fff;color-scheme:light}"
    "time,small{color:var(--soft)}form{display:flex;flex-wrap:wrap;gap:.5rem}input,button{font:inherit;padding:.3rem .6rem;max-width:100%}"
)
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def _page(messages: list[dict[str, Any]], mount: str, to: str) -> bytes:
    """The list as a page; each HTML mail in a frame that may run nothing."""
    items = "".join(
        f"<details><summary><strong>{escape(message['subject'])}</strong><br><small>{escape(message['to'])} · "
        f"<time>{escape(message['sent_at'])}</time></small></summary>"
        f'<iframe sandbox title="{escape(message["subject"])}" srcdoc="{escape(message["html"])}"></iframe>'
        + "".join(f'<p><a href="{escape(link)}" rel="noreferrer">{escape(link)}</a></p>' for link in message["links"])
        + f'<p><a href="{escape(mount)}/messages/{quote(message["id"])}">JSON</a></p></details>'
        for message in messages
    )
    form = f'<form><label>To <input name="to" type="search" value="{escape(to)}"></label> <button>Show</button></form>'
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>Mail of this machine</title>'
        f"<style>{_STYLE}</style></head><body><h1>Mail of this machine</h1>{form}"
        f"{items or '<p>No mail yet.</p>'}</body></html>"
    ).encode()
