"""What every door's answers share: headers, compression, the language they speak, and how a refusal is written (RFC 9457)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from shared.domain.kernel.errors import Invalid, MethodNotAllowed, Refusal, TooMany, Unauthenticated, Unavailable
from shared.domain.kernel.sentences import Language, Sentence, Term
from shared.domain.people.people import LANGUAGES
from shared.domain.signing.signatures import SigningRefused

if TYPE_CHECKING:
    from flask import Request

WORTH_COMPRESSING = 1024  # bytes
COMPRESSED = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
OURS = {"ConfigurationProblem", "InvalidResponseHeader", "InvalidResponseHeaderName"}  # gunicorn's errors that no client makes
OUR_FAULT = Sentence(
    "our_fault", "Something went wrong on our side; nothing was changed. Try again, and tell us the request id if it stays."
)
OWN_LANGUAGE = "qfacts.own_language"  # in the environ: the caller's, once the person is known
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

    fault = Refusal(Sentence("no_http_request", "This is no request that HTTP/1.1 allows. Correct its first line and its headers."))
    if isinstance(trouble, errors.LimitRequestLine):
        fault = Refusal(Sentence("address_too_long", "The address is too long."))
        fault.status, fault.title = 414, "Too long"
    elif isinstance(trouble, errors.LimitRequestHeaders):
        fault = Refusal(Sentence("headers_too_long", "The headers are too many or too long."))
        fault.status, fault.title = 431, "Too long"
    elif isinstance(trouble, errors.ExpectationFailed):
        fault = Refusal(Sentence("unknown_expectation", "Only 'Expect: 100-continue' is understood."))
        fault.status = 417
    elif not isinstance(trouble, errors.ParseException) or type(trouble).__name__ in OURS:
        fault = Refusal(Sentence("fault_of_ours", "Something went wrong on our side; nothing was changed."))
        fault.status, fault.title = 500, "Our fault"
    return fault


def problem(refusal: Refusal, request_id: str, language: str = "en") -> tuple[int, str, dict[str, str]]:
    """A refusal as application/problem+json (RFC 9457); `code` and `facts` are the same in every language."""
    extras = {"state" if name == "status" else name: value for name, value in refusal.extras.items()}  # `status` is HTTP's own
    document = {
        **extras,
        "type": f"urn:qfacts:problem:{refusal.code}",
        "title": Term(refusal.title),
        "status": refusal.status,
        "detail": refusal.sentence,
        "code": refusal.code,
        "facts": refusal.sentence.facts,
        "request_id": request_id,
    }
    if isinstance(refusal, Invalid):
        document["errors"] = [_error(field, sentence) for field, sentence in refusal.faults]
    headers = {"Content-Type": "application/problem+json", "Content-Language": language}
    if refusal.status == Unauthenticated.status:
        stepped = ' error="insufficient_user_authentication", max_age="120"' if isinstance(refusal, SigningRefused) else ""
        headers["WWW-Authenticate"] = f"Bearer{stepped}"  # RFC 6750 §3, RFC 9470 §3
    if isinstance(refusal, (TooMany, Unavailable)):
        headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, MethodNotAllowed):
        headers["Allow"] = str(refusal.extras.get("allow", ""))
    return refusal.status, json.dumps(told(document, language), default=str), headers


def _error(field: str, sentence: Sentence) -> dict[str, object]:
    return {"field": field, "code": sentence.code, "detail": sentence, "facts": sentence.facts}


def asked_language(request: Request) -> str | None:
    """The language of ours that Accept-Language prefers (RFC 9110 §12.5.4); None where it names none of them."""
    given = request.accept_languages
    return given.best_match(LANGUAGES) if any(value != "*" for value in given.values()) else None


def language_of(request: Request) -> str:
    """The language of the answer: what Accept-Language asks for, else the person's own once they are known, else English."""
    return asked_language(request) or request.environ.get(OWN_LANGUAGE) or "en"


def told(value: object, language: str) -> object:
    """An answer with its sentences in the language; what is no sentence stays as it is, the facts of a sentence too."""
    if language == "en":
        return value
    from shared.domain.languages.catalogues import language_named

    return _told(value, language_named(language))


def _told(value: object, language: Language) -> object:
    if isinstance(value, (Sentence, Term)):
        return language.said(value)
    if isinstance(value, Mapping):
        return {name: item if name == "facts" else _told(item, language) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_told(item, language) for item in value]
    return value
