"""The caller's identity: Firebase ID tokens, verified by firebase-admin and, claim by claim, by us.

firebase-admin takes 0.15 to 0.25 s to import, so it is imported at the first token with acceptable claims.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.domain.kernel import errors
from shared.domain.kernel.values import dataclass
from shared.domain.people import tokens
from shared.outside import config
from shared.outside.imports import importing

if TYPE_CHECKING:
    from firebase_admin.auth import Client

TIME_LIMIT = 10  # seconds for one call to Google
_CUSTOM = "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit"
_UID_LIMIT = 128  # characters, Firebase's own limit

log = logging.getLogger(__name__)
_clients: dict[tuple[str, str, str], Client] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Identity:
    """A person as the identity provider knows them, verified by a token.

    `auth_time` is when they signed in (UTC, whole seconds), not when the token was refreshed; `method` is the
    sign-in provider and the second factor if there was one, such as "password" or "password+totp" (21 CFR 11.200);
    `token_sha256` (hex) identifies the token without storing it.
    """

    uid: str
    email: str
    auth_time: datetime
    method: str
    token_sha256: str


def verify(token: str, *, revoked: bool = False) -> Identity:
    """The identity that `token` proves; with `revoked`, also ask Google whether the sign-in was revoked (for signing).

    Raises errors.Unauthenticated for a bad token and errors.Unavailable if Google can't be reached.
    """
    header, claims = tokens.read(token)
    if _emulator():
        tokens.refuse_signed(header, token)
    else:
        tokens.refuse_other_algorithms(header)
    _refuse_claims(claims)
    proven = _prove(token, revoked=revoked)
    _refuse_claims(proven)
    return Identity(
        uid=proven["sub"],
        email=proven["email"].lower(),
        auth_time=tokens.moment(proven, "auth_time"),
        method=_method(proven["firebase"]),
        token_sha256=hashlib.sha256(token.encode("ascii")).hexdigest(),
    )


def delete(uid: str) -> None:
    """Delete an account at the identity provider, if it exists. Raises errors.Unavailable if Google can't be reached."""
    with importing():
        import google.auth.exceptions
        from firebase_admin import auth, exceptions

    try:
        _client().delete_user(uid)
    except auth.UserNotFoundError:
        log.debug("the account was gone already")
    except (exceptions.FirebaseError, google.auth.exceptions.GoogleAuthError) as trouble:
        raise _unavailable(type(trouble).__name__) from None


def _refuse_claims(claims: dict[str, Any]) -> None:
    """Check everything that the claims alone tell; raises errors.Unauthenticated."""
    settings, now = config.current(), time.time()
    if claims.get("aud") == _CUSTOM:
        raise errors.Unauthenticated("This is a custom token: exchange it for an ID token by signing in with it.")
    if not settings.project or claims.get("aud") != settings.project:
        raise errors.Unauthenticated(f"The sign-in token is for another project. {tokens.AGAIN}")
    if claims.get("iss") != f"https://securetoken.google.com/{settings.project}":
        raise errors.Unauthenticated(f"The sign-in token comes from another issuer. {tokens.AGAIN}")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _UID_LIMIT:
        raise errors.Unauthenticated(f"The sign-in token names nobody. {tokens.AGAIN}")
    tokens.refuse_untimely(claims, now)
    if tokens.second(claims, "auth_time") > min(tokens.second(claims, "iat"), now) + tokens.SKEW:
        raise errors.Unauthenticated(f"The sign-in token says that you signed in after it was made. {tokens.AGAIN}")
    firebase = claims.get("firebase")
    if not isinstance(firebase, dict) or not isinstance(firebase.get("sign_in_provider"), str):
        raise errors.Unauthenticated(f"The sign-in token doesn't say how you signed in. {tokens.AGAIN}")
    if firebase.get("tenant", "") != settings.tenant:
        raise errors.Unauthenticated("The sign-in token belongs to another tenant. Sign in through this application.")
    email = claims.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise errors.Unauthenticated("This sign-in has no e-mail address. Sign in with an account that has one.")


def _method(firebase: dict[str, Any]) -> str:
    """The sign-in method, from the claim `firebase`."""
    factor = firebase.get("sign_in_second_factor")
    provider = str(firebase["sign_in_provider"])
    return f"{provider}+{factor}" if isinstance(factor, str) and factor else provider


def _prove(token: str, *, revoked: bool) -> dict[str, Any]:
    """The claims after firebase-admin verified them; its errors quote the token, so ours aren't chained to them."""
    with importing():
        import google.auth.exceptions
        from firebase_admin import auth, exceptions

    try:
        proven: dict[str, Any] = _client().verify_id_token(token, check_revoked=revoked, clock_skew_seconds=tokens.SKEW)
    except auth.UserDisabledError:
        raise errors.Unauthenticated("This account is disabled. Ask an admin of your organisation.") from None
    except auth.UserNotFoundError:
        raise errors.Unauthenticated(f"This account doesn't exist any more. {tokens.AGAIN}") from None
    except auth.RevokedIdTokenError:
        raise errors.Unauthenticated(f"This sign-in has been revoked. {tokens.AGAIN}") from None
    except auth.ExpiredIdTokenError:
        raise errors.Unauthenticated(f"Your sign-in has expired. {tokens.AGAIN}") from None
    except auth.InvalidIdTokenError as refusal:
        if isinstance(refusal.cause, json.JSONDecodeError):  # the certificates' address answered something else
            raise _unavailable("certificates") from None
        raise errors.Unauthenticated(f"The sign-in token isn't signed by Google. {tokens.AGAIN}") from None
    except exceptions.FirebaseError as trouble:
        raise _unavailable(trouble.code) from None
    except google.auth.exceptions.GoogleAuthError as trouble:
        raise _unavailable(type(trouble).__name__) from None
    return proven


def _unavailable(cause: str) -> errors.Unavailable:
    log.warning("the identity provider can't be reached: %s", cause)
    return errors.Unavailable("Sign-ins can't be checked at this moment. Try again in a few seconds.", retry_after=5)


def _emulator() -> str:
    """The address of the identity emulator; shared.outside.config refuses to start with one in the cloud."""
    return os.environ.get("FIREBASE_AUTH_EMULATOR_HOST", "")


def _client() -> Client:
    """firebase-admin's client for this project, tenant and emulator; one a process, made when first needed."""
    with importing():
        import firebase_admin
        from firebase_admin import auth

    settings = config.current()
    key = (settings.project, settings.tenant, _emulator())
    with _lock:
        if key not in _clients:
            name = "qfacts:" + ":".join(key)
            options = {"projectId": settings.project, "httpTimeout": TIME_LIMIT}
            application = firebase_admin.initialize_app(options=options, name=name)
            _clients[key] = auth.Client(application, tenant_id=settings.tenant or None)
        return _clients[key]
