"""The verification of Cloud Scheduler's calls by their OpenID Connect token, signed by Google (OIDC Core §2)."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence
from shared.domain.people import tokens
from shared.outside import config
from shared.outside.imports import importing

TIME_LIMIT = 5  # seconds to connect, and between two bytes, while fetching Google's certificates
ISSUERS = ("https://accounts.google.com", "accounts.google.com")

log = logging.getLogger(__name__)
_request: Any = None
_lock = threading.Lock()


def verify_scheduler(token: str, audience: str) -> str:
    """The calling service account, which must be the scheduler's; `audience` is the URL that the token must be for.

    Raises errors.Unauthenticated for any other caller and errors.Unavailable if the certificates can't be fetched.
    """
    header, claims = tokens.parse(token)
    tokens.refuse_other_algorithms(header)
    _refuse_claims(claims, audience)
    proven = _prove(token, audience)
    _refuse_claims(proven, audience)
    return str(proven["email"])


def _refuse_claims(claims: dict[str, Any], audience: str) -> None:
    """Check everything that the claims alone tell; raises errors.Unauthenticated."""
    account = config.current().scheduler_account
    if not account:
        raise errors.Unauthenticated(
            Sentence("no_scheduler_account", "No scheduler account is configured (QFACTS_SCHEDULER_ACCOUNT): nobody may call this.")
        )
    if claims.get("iss") not in ISSUERS:
        raise errors.Unauthenticated(Sentence("token_not_issued_by_google", "The token wasn't issued by accounts.google.com."))
    if not audience or claims.get("aud") != audience:
        raise errors.Unauthenticated(Sentence("token_for_another_address", "The token is for another address."))
    if claims.get("email") != account or claims.get("email_verified") is not True:
        raise errors.Unauthenticated(Sentence("token_not_of_scheduler", "The token isn't the scheduler's."))
    tokens.refuse_untimely(claims, time.time())


def _prove(token: str, audience: str) -> dict[str, Any]:
    """The claims after google-auth verified the signature; its errors quote the token, so ours aren't chained to them."""
    with importing():
        import google.auth.exceptions
        from google.oauth2 import id_token

    request: Any = _fetch
    try:
        return dict(
            id_token.verify_token(
                token,
                request=request,
                audience=audience,
                certs_url=config.current().oidc_certs,
                clock_skew_in_seconds=tokens.SKEW,
            )
        )
    except google.auth.exceptions.TransportError as trouble:
        log.warning("the scheduler's certificates can't be fetched: %s", type(trouble).__name__)
        raise errors.Unavailable(
            Sentence("google_certificates_out_of_reach", "Google's certificates can't be fetched at this moment."), retry_after=5
        ) from None
    except ValueError:
        raise errors.Unauthenticated(Sentence("token_not_signed_by_google", "The token isn't signed by Google.")) from None


def _fetch(url: str, method: str = "GET") -> Any:  # noqa: ANN401 - google-auth's own answer
    """Fetch the certificates, cached for as long as their Cache-Control says (RFC 9111)."""
    global _request  # noqa: PLW0603 - one session per process, made when first needed
    with importing():
        import cachecontrol
        import requests
        from google.auth.exceptions import TransportError
        from google.auth.transport.requests import Request

    with _lock:
        if _request is None:
            _request = Request(cachecontrol.CacheControl(requests.Session()))
    answer = _request(url, method=method, timeout=TIME_LIMIT)
    if not answer.data.lstrip().startswith(b"{"):
        message = "the certificates' address answered something else"
        raise TransportError(message)  # type: ignore[no-untyped-call]  # google-auth is typed in parts
    return answer
