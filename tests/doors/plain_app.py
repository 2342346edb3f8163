"""A WSGI application without functions, for the worker alone: `/slow` takes half a second, `/large` answers 4 MB, others say what came."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGE = 4_000_000


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """One answer."""
    path = environ["PATH_INFO"]
    if path.endswith(("/slow", "/export_record")):
        time.sleep(0.5)
    try:
        body = environ["wsgi.input"].read() if path == "/echo" else b""
    except OSError:
        start_response("408 Request Timeout", [("Content-Length", "0")])
        return [b""]
    text = b"x" * LARGE if path == "/large" else body or path.encode()
    start_response("200 OK", [("Content-Length", str(len(text)))])
    return [text]
