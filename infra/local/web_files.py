"""Serves the built web application on the product's origin, as Firebase Hosting does in the cloud."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from infra import hosting
from infra.local import demo_organisation
from infra.local.place import PROJECT, WEB_BUILT, Place

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FILES = WEB_BUILT / "files"
ASSETS = "/assets/"
ASKED_HOST = "qfacts.asked_host"  # the name of the host that a browser asked for
CONFIGURATION = "/config.json"
UNBUILT = b"<!doctype html><title>QFacts</title><p>The web application isn't built yet: stop the product, then make start."
HTML = "text/html; charset=utf-8"
WORDS = {200: "200 OK", 307: "307 Temporary Redirect", 404: "404 Not Found", 503: "503 Service Unavailable"}


class WebFiles:
    """Files with a hash in their name, the configuration, and for every other path the one page."""

    def __init__(self, at: Place) -> None:
        self.origin = at.ports.origin
        self.reached = (at.ports.url("identity"), at.ports.url("file storage"))
        people = [{"email": person.email, "name": person.name, "says": person.says} for person in demo_organisation.PEOPLE]
        self.configuration = json.dumps(
            {
                "identity": {"project": PROJECT, "key": "local", "emulator": at.ports.url("identity")},
                "demo": {"password": demo_organisation.PASSWORD, "people": people},
            }
        ).encode()

    def answer(self, path: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """What is at `path`; a page that is asked for under another name of this host leads to the one origin."""
        if path.startswith(ASSETS):
            return self._asset(path, environ, start_response)
        if path == CONFIGURATION:
            return self._send(start_response, 200, path, self.configuration, "application/json")
        if environ.get(ASKED_HOST, "") not in {"", self.origin.removeprefix("http://")}:
            query = environ.get("QUERY_STRING", "")
            there = f"{self.origin}/{quote(path.lstrip('/'))}{f'?{query}' if query else ''}"
            return self._send(start_response, 307, path, b"", HTML, {"Location": there})
        page = FILES / "index.html"
        if not page.exists():
            return self._send(start_response, 503, path, UNBUILT, HTML)
        return self._send(start_response, 200, path, page.read_bytes(), HTML)

    def _asset(self, path: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """A built file, compressed when it was built, where the browser takes that."""
        name = path.removeprefix(ASSETS)
        file = FILES / "assets" / name
        if any(part[:1] in {"", "."} for part in name.split("/")) or not file.is_file():
            return self._send(start_response, 404, path, b"", HTML, {"Cache-Control": "no-store"})
        packed = file.with_name(f"{file.name}.gz")
        kind = mimetypes.guess_type(name)[0] or "text/javascript"  # `.mjs` isn't known everywhere
        if packed.exists() and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return self._send(start_response, 200, path, packed.read_bytes(), kind, {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
        return self._send(start_response, 200, path, file.read_bytes(), kind, {"Vary": "Accept-Encoding"} if packed.exists() else {})

    def _send(
        self, start_response: StartResponse, status: int, path: str, body: bytes, kind: str, more: dict[str, str] | None = None
    ) -> Iterable[bytes]:
        sent = {**hosting.headers(path, self.reached), "Content-Type": kind, "Content-Length": str(len(body)), **(more or {})}
        start_response(WORDS[status], list(sent.items()))
        return [body]
