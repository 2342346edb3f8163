"""All functions behind one port, as one service runs the functions of an area in the cloud, and the local stack's pages around them.

Run as `python -m infra.local.product`: gunicorn with one process and many threads, as functions-framework runs in the cloud.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra import register
from infra.local import keys, pages, place, postgres
from infra.local.environment import SENDGRID_KEY, THREADS
from infra.local.http_call import answers
from infra.local.place import Place
from infra.local.web_files import ASKED_HOST, WebFiles
from shared.doors.service import API, Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

DOCUMENT = "/api/openapi.json"
MAIL = "/mail"
LOCAL = "/local"
HEALTH_AGE = 1.0  # seconds for which one look at the parts holds
STATUS_LINES = {
    200: "200 OK",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    500: "500 Internal Server Error",
    503: "503 Service Unavailable",
}

log = logging.getLogger(__name__)


class Product:
    """One WSGI application: /api/<function>, the stack's own pages (/local, /docs, /mail, /health), and the web application at all else."""

    def __init__(self, functions: tuple[register.Function, ...], at: Place) -> None:
        self.functions = functions
        self.place = at
        self.service = Service(function.source for function in functions)
        self.looked_at = float("-inf")
        self.waiting_for: list[str] = []
        self.document: bytes = b""
        self.inbox: Application | None = None
        self.web = WebFiles(at)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; the functions answer for their own errors."""
        path: str = environ.get("PATH_INFO") or "/"
        if path.startswith(API) and path != DOCUMENT:
            return self.service(environ, start_response)
        try:
            page = self._page(path, environ, start_response)
        except Exception:
            log.exception("the page %s failed", path)
            return problem(start_response, 500, "Something broke", f"The log says what: {self.place.logs}/product.log")
        return page if environ["REQUEST_METHOD"] != "HEAD" else []

    def _page(self, path: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The stack's own pages."""
        if path == MAIL or path.startswith(f"{MAIL}/"):
            return self._mail(environ, start_response)
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return problem(start_response, 405, "Wrong method", "This page can only be read.")
        if path == "/docs" or path.startswith("/docs/"):
            return self._reference(path, start_response)
        page = {DOCUMENT: self._openapi, "/health": self._health, "/local/certs": self._certificates, LOCAL: self._first}.get(path)
        return page(start_response) if page else self.web.answer(path, environ, start_response)

    def _first(self, start_response: StartResponse) -> Iterable[bytes]:
        """What runs where."""
        return answer(start_response, 200, pages.first(self.place, self.functions), "text/html; charset=utf-8")

    def _certificates(self, start_response: StartResponse) -> Iterable[bytes]:
        """What the scheduler's tokens are verified with."""
        body = keys.certificates(self.place).read_bytes()
        return answer(start_response, 200, body, "application/json", caching="public, max-age=300")

    def _reference(self, path: str, start_response: StartResponse) -> Iterable[bytes]:
        """The API's reference and its files."""
        if path in {"/docs", "/docs/"}:
            return answer(start_response, 200, pages.reference(), "text/html; charset=utf-8")
        file = pages.reference_file(path.removeprefix("/docs/"))
        if file is None:
            return problem(start_response, 404, "Not found", "There is nothing at this address.")
        return answer(start_response, 200, file[0], file[1], caching="max-age=3600")

    def _health(self, start_response: StartResponse) -> Iterable[bytes]:
        """200 only while every part answers and the demo organisation is there."""
        now = time.monotonic()
        if now - self.looked_at > HEALTH_AGE:
            ports = self.place.ports
            parts = {
                "the stack's start": self.place.ready.exists(),
                "database": postgres.answers(self.place.socket, postgres.DATABASE),
                "identity": answers(ports.url("identity"), range(200, 300)),
                "file storage": answers(ports.url("file storage") + "/health", range(200, 300)),
                "warehouse": answers(ports.url("warehouse") + "/health", range(200, 300)),
            }
            self.waiting_for = [name for name, is_up in parts.items() if not is_up]
            self.looked_at = now
        state = {"status": "starting", "waiting_for": self.waiting_for} if self.waiting_for else {"status": "ready"}
        return answer(start_response, 503 if self.waiting_for else 200, json.dumps(state).encode(), "application/json")

    def _openapi(self, start_response: StartResponse) -> Iterable[bytes]:
        """The OpenAPI 3.1 document, made from the functions once per process."""
        if not self.document:
            from infra import openapi

            self.document = json.dumps(openapi.document()).encode()
        return answer(start_response, 200, self.document, "application/json")

    def _mail(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The inbox: what has been sent, readable here instead of going out."""
        if self.inbox is None:
            from infra.local.inbox import KEPT_IN, Inbox

            self.inbox = Inbox(self.place.mail / KEPT_IN, SENDGRID_KEY)
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = MAIL, environ["PATH_INFO"].removeprefix(MAIL)
        return self.inbox(environ, start_response)


def answer(start_response: StartResponse, status: int, body: bytes, media_type: str, caching: str = "no-store") -> Iterable[bytes]:
    """One of the stack's own answers; it loads nothing from any other host."""
    policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
    headers = [
        ("Content-Type", media_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", caching),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", policy),
        ("Referrer-Policy", "no-referrer"),
    ]
    start_response(STATUS_LINES[status], headers)
    return [body]


def problem(start_response: StartResponse, status: int, title: str, detail: str) -> Iterable[bytes]:
    """A refusal (RFC 9457), never cached."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": str(uuid.uuid4())}
    return answer(start_response, status, json.dumps(document).encode(), "application/problem+json")


def application(functions: tuple[register.Function, ...] | None = None, at: Place | None = None) -> Product:
    """The product of this process's environment."""
    return Product(register.read() if functions is None else functions, at or place.current())


def main() -> None:
    """Serve until stopped."""
    from gunicorn.app.base import BaseApplication

    from shared.doors.worker import Worker

    at = place.current()

    class Patient(Worker):
        """Every request may wait for a thread: no front end counts how many one process has. Pages are told which host was asked."""

        WAITING = 200

        def load_wsgi(self) -> None:
            """Keep the name before the functions' worker takes it away."""
            super().load_wsgi()
            inner: Any = self.wsgi

            def asked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
                environ[ASKED_HOST] = environ.get("HTTP_HOST", "")
                answered: Iterable[bytes] = inner(environ, start_response)
                return answered

            self.wsgi: Any = asked

    class Server(BaseApplication):
        """Gunicorn with the image's settings, bound to 127.0.0.1."""

        def load_config(self) -> None:
            """One process, because all functions share one pool of connections."""
            settings: dict[str, Any] = {
                "bind": f"{place.HOST}:{at.ports.product}",
                "workers": 1,
                "threads": THREADS,
                "worker_class": Patient,
                "timeout": 60,
                "graceful_timeout": 8,
                "loglevel": "error",
                "limit_request_line": 0,
                "control_socket_disable": True,
                "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108
            }
            for name, value in settings.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            """Before the fork, as functions-framework does: so nothing may be opened at import."""
            return application(at=at)

    Server().run()


if __name__ == "__main__":
    main()
