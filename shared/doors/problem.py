"""What every door's answers share: the headers, compression, and how a refusal is written (RFC 9457)."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from shared.domain.kernel.errors import Invalid, MethodNotAllowed, Refusal, TooMany, Unauthenticated, Unavailable
from shared.domain.signing.signatures import SigningRefused

if TYPE_CHECKING:
    from flask import Request

WORTH_COMPRESSING = 1024  # bytes
COMPRESSED = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
OURS = {"ConfigurationProblem", "InvalidResponseHeader", "InvalidResponseHeaderName"}  # gunicorn's errors that no client makes
SECURITY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


def compressed(text: str, request: Request) -> bytes | None:
    """The answer compressed, if it is worth it and the client takes it (RFC 9110 §12.5.3); no browser adds a token for another page."""
    if len(text) < WORTH_COMPRESSING or not request.accept_encodings.quality("gzip"):
        return None
    return gzip.compress(text.encode("utf-8"), 4, mtime=0)


def unreadable(trouble: BaseException) -> Refusal:
    """The refusal of what gunicorn can't read as a request of HTTP (RFC 9112); what else went wrong is our fault."""
    from gunicorn.http import errors

    fault = Refusal("This is no request that HTTP/1.1 allows. Correct its first line and its headers.")
    if isinstance(trouble, errors.LimitRequestLine):
        fault = Refusal("The address is too long.")
        fault.status, fault.title = 414, "Too long"
    elif isinstance(trouble, errors.LimitRequestHeaders):
        fault = Refusal("The headers are too many or too long.")
        fault.status, fault.title = 431, "Too long"
    elif isinstance(trouble, errors.ExpectationFailed):
        fault = Refusal("Only 'Expect: 100-continue' is understood.")
        fault.status = 417
    elif not isinstance(trouble, errors.ParseException) or type(trouble).__name__ in OURS:
        fault = Refusal("Something went wrong on our side; nothing was changed.")
        fault.status, fault.title = 500, "Our fault"
    return fault


def problem(refusal: Refusal, request_id: str) -> tuple[int, str, dict[str, str]]:
    """A refusal as application/problem+json (RFC 9457)."""
    extras = {"state" if name == "status" else name: value for name, value in refusal.extras.items()}  # `status` is HTTP's own
    document = {
        **extras,
        "type": "about:blank",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.sentence,
        "request_id": request_id,
    }
    if isinstance(refusal, Invalid):
        document["errors"] = [{"field": field, "code": code, "detail": sentence} for field, code, sentence in refusal.faults]
    headers = {"Content-Type": "application/problem+json"}
    if refusal.status == Unauthenticated.status:
        stepped = ' error="insufficient_user_authentication", max_age="120"' if isinstance(refusal, SigningRefused) else ""
        headers["WWW-Authenticate"] = f"Bearer{stepped}"  # RFC 6750 §3, RFC 9470 §3
    if isinstance(refusal, (TooMany, Unavailable)):
        headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, MethodNotAllowed):
        headers["Allow"] = str(refusal.extras.get("allow", ""))
    return refusal.status, json.dumps(document, default=str), headers
