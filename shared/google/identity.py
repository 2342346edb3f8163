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
from collections import OrderedDict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass
from shared.domain.people import tokens
from shared.outside import config
from shared.outside.imports import importing

if TYPE_CHECKING:
    from firebase_admin.auth import Client

TIME_LIMIT = 10  # seconds for one call to Google
STANDING_SECONDS = 45.0  # for which what the provider last said of an account is believed
STANDING_LATE = 900.0  # seconds for which it is believed while the provider can't be reached
MOST_KEPT = 2_000  # accounts and tokens that a process remembers
_CUSTOM = "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit"
_UID_LIMIT = 128  # characters, Firebase's own limit

T = TypeVar("T")
log = logging.getLogger(__name__)
_clients: dict[tuple[str, str, str], Client] = {}
_lock = threading.Lock()
_proofs: OrderedDict[tuple[str, ...], dict[str, Any]] = OrderedDict()  # the claims of tokens that were proven, by their SHA-256
_standings: OrderedDict[tuple[str, ...], Standing] = OrderedDict()


@dataclass(frozen=True)
class Identity:
    """A person as the identity provider knows them, verified by a token.

    `auth_time` is when they signed in, `issued_at` when the token was made or refreshed (UTC, whole seconds); `method` is the sign-in
    provider and the second factor if there was one, such as "password" or "password+totp" (21 CFR 11.200); `email_verified` says that
    they proved the address to the provider.
    """

    uid: str
    email: str
    email_verified: bool
    auth_time: datetime
    issued_at: datetime
    method: str


NEVER = datetime.fromtimestamp(0, UTC)
NOBODY = Identity("", "", email_verified=False, auth_time=NEVER, issued_at=NEVER, method="")  # who isn't signed in


@dataclass(frozen=True)
class Standing:
    """What the provider said of an account: why it is closed (None while it is open), and since when tokens count.

    `valid_from` is in milliseconds since 1970.
    """

    closed: Sentence | None
    valid_from: int
    seen: float  # by the process's monotonic clock


class Ended(errors.Unauthenticated):
    """The sign-in was revoked, or its account is closed; `uid` names the account, `issued_at` when the token was made."""

    def __init__(self, sentence: Sentence, uid: str, issued_at: datetime) -> None:
        super().__init__(sentence)
        self.uid, self.issued_at = uid, issued_at


def verify(token: str, *, at_once: bool = False) -> Identity:
    """The identity that `token` proves, if its sign-in still stands.

    Whether it stands is asked of the provider at most every STANDING_SECONDS; with `at_once` it is asked now (for signing).
    Raises errors.Unauthenticated for a bad token, Ended for a revoked sign-in or a closed account, errors.Unavailable if the provider
    can't be reached.
    """
    header, claims = tokens.parse(token)
    if _emulator():
        tokens.refuse_signed(header, token)
    else:
        tokens.refuse_other_algorithms(header)
    _refuse_claims(claims)
    proven = _proven(token)
    _refuse_claims(proven)
    _refuse_ended(proven["sub"], tokens.second(proven, "iat"), at_once=at_once)
    return Identity(
        uid=proven["sub"],
        email=proven["email"].lower(),
        email_verified=proven.get("email_verified") is True,
        auth_time=tokens.claimed_at(proven, "auth_time"),
        issued_at=tokens.claimed_at(proven, "iat"),
        method=_method(proven["firebase"]),
    )


def _refuse_claims(claims: dict[str, Any]) -> None:
    """Check everything that the claims alone tell; raises errors.Unauthenticated."""
    settings, now = config.current(), time.time()
    if claims.get("aud") == _CUSTOM:
        raise errors.Unauthenticated(Sentence("custom_token", "This is a custom token: exchange it for an ID token by signing in with it."))
    if not settings.project or claims.get("aud") != settings.project:
        raise errors.Unauthenticated(Sentence("token_for_another_project", "The sign-in token is for another project. Sign in again."))
    if claims.get("iss") != f"https://securetoken.google.com/{settings.project}":
        raise errors.Unauthenticated(Sentence("token_of_another_issuer", "The sign-in token comes from another issuer. Sign in again."))
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _UID_LIMIT:
        raise errors.Unauthenticated(Sentence("token_names_nobody", "The sign-in token names nobody. Sign in again."))
    tokens.refuse_untimely(claims, now)
    if tokens.second(claims, "auth_time") > min(tokens.second(claims, "iat"), now) + tokens.SKEW:
        raise errors.Unauthenticated(
            Sentence("token_before_sign_in", "The sign-in token says that you signed in after it was made. Sign in again.")
        )
    firebase = claims.get("firebase")
    if not isinstance(firebase, dict) or not isinstance(firebase.get("sign_in_provider"), str):
        raise errors.Unauthenticated(Sentence("token_without_method", "The sign-in token doesn't say how you signed in. Sign in again."))
    if firebase.get("tenant", "") != settings.tenant:
        raise errors.Unauthenticated(
            Sentence("token_of_another_tenant", "The sign-in token belongs to another tenant. Sign in through this application.")
        )
    email = claims.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise errors.Unauthenticated(
            Sentence("sign_in_without_address", "This sign-in has no e-mail address. Sign in with an account that has one.")
        )


def _method(firebase: dict[str, Any]) -> str:
    """The sign-in method, from the claim `firebase`."""
    factor = firebase.get("sign_in_second_factor")
    provider = str(firebase["sign_in_provider"])
    return f"{provider}+{factor}" if isinstance(factor, str) and factor else provider


def _proven(token: str) -> dict[str, Any]:
    """The claims of a token whose signature holds; a proof is kept, because the same bytes prove the same until they expire."""
    key = (*_scope(), hashlib.sha256(token.encode("ascii")).hexdigest())
    with _lock:
        kept = _proofs.get(key)
    return kept if kept is not None else _kept(_proofs, key, _prove(token))


def _refuse_ended(uid: str, issued: int, *, at_once: bool) -> None:
    """Raise Ended if the sign-in was revoked or its account is closed.

    A token says that its sign-in stood when it was issued, so a young one isn't asked about. While the provider can't be reached, what it
    said within STANDING_LATE counts, except for signing.
    """
    key = (*_scope(), uid)
    with _lock:
        found = _standings.get(key)
    now = time.monotonic()
    believed = found is not None and now - found.seen < STANDING_SECONDS
    if at_once or not (believed or time.time() - issued < STANDING_SECONDS):
        try:
            found = _kept(_standings, key, _standing(uid))
        except errors.Unavailable:
            if at_once or found is None or now - found.seen > STANDING_LATE:
                raise
    if found is not None and found.closed:
        raise Ended(found.closed, uid, datetime.fromtimestamp(issued, UTC))
    if found is not None and issued * 1000 < found.valid_from:
        raise Ended(Sentence("sign_in_revoked", "This sign-in has been revoked. Sign in again."), uid, datetime.fromtimestamp(issued, UTC))


def _standing(uid: str) -> Standing:
    """Ask the provider about an account."""
    with importing():
        import google.auth.exceptions
        from firebase_admin import auth, exceptions

    try:
        user = client().get_user(uid)
    except auth.UserNotFoundError:
        return Standing(
            Sentence("account_gone", "This account doesn't exist any more. Sign in again."), valid_from=0, seen=time.monotonic()
        )
    except (exceptions.FirebaseError, google.auth.exceptions.GoogleAuthError) as trouble:
        raise unavailable(type(trouble).__name__) from None
    closed = Sentence("account_disabled", "This account is disabled. Ask an admin of your organisation.") if user.disabled else None
    return Standing(closed, valid_from=int(user.tokens_valid_after_timestamp), seen=time.monotonic())


def _kept(kept: OrderedDict[tuple[str, ...], T], key: tuple[str, ...], value: T) -> T:
    """Keep the newest MOST_KEPT values."""
    with _lock:
        kept[key] = value
        kept.move_to_end(key)
        if len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return value


def _scope() -> tuple[str, str, str]:
    settings = config.current()
    return settings.project, settings.tenant, _emulator()


def _prove(token: str) -> dict[str, Any]:
    """The claims after firebase-admin verified them; its errors quote the token, so ours aren't chained to them."""
    with importing():
        import google.auth.exceptions
        from firebase_admin import auth, exceptions

    try:
        proven: dict[str, Any] = client().verify_id_token(token, clock_skew_seconds=tokens.SKEW)
    except auth.ExpiredIdTokenError:
        raise errors.Unauthenticated(Sentence("sign_in_expired", "Your sign-in has expired. Sign in again.")) from None
    except auth.InvalidIdTokenError as refusal:
        if isinstance(refusal.cause, json.JSONDecodeError):  # the certificates' address answered something else
            raise unavailable("certificates") from None
        raise errors.Unauthenticated(
            Sentence("sign_in_not_signed_by_google", "The sign-in token isn't signed by Google. Sign in again.")
        ) from None
    except exceptions.FirebaseError as trouble:
        raise unavailable(trouble.code) from None
    except google.auth.exceptions.GoogleAuthError as trouble:
        raise unavailable(type(trouble).__name__) from None
    return proven


def unavailable(cause: str) -> errors.Unavailable:
    """The refusal while the provider can't be reached, which is logged."""
    log.warning("the identity provider can't be reached: %s", cause)
    return errors.Unavailable(
        Sentence("sign_ins_out_of_reach", "Sign-ins can't be checked at this moment. Try again in a few seconds."), retry_after=5
    )


def _emulator() -> str:
    """The address of the identity emulator; shared.outside.config refuses to start with one in the cloud."""
    return os.environ.get("FIREBASE_AUTH_EMULATOR_HOST", "")


def client() -> Client:
    """firebase-admin's client for this project, tenant and emulator; one a process, made when first needed."""
    with importing():
        import firebase_admin
        from firebase_admin import auth

    settings, key = config.current(), _scope()
    with _lock:
        if key not in _clients:
            name = "qfacts:" + ":".join(key)
            options = {"projectId": settings.project, "httpTimeout": TIME_LIMIT}
            application = firebase_admin.initialize_app(options=options, name=name)
            _clients[key] = auth.Client(application, tenant_id=settings.tenant or None)
        return _clients[key]
