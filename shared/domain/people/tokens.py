"""The checks of a token's claims (JWT, RFC 7519); its signature is verified elsewhere.

Google's libraries check almost nothing on the identity emulator's unsigned tokens, so every claim of every token is
checked here.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any

from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence

LIMIT = 8_000  # characters; gunicorn refuses a header line beyond 8,190 bytes, and no ID token comes near that
SKEW = 10  # seconds by which two honest clocks may differ
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_LATEST = 32_503_680_000  # the year 3000: a later second is a mistake, or an attempt to overflow a date


def parse(token: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and claims of `token`, unverified; raises errors.Unauthenticated if it isn't a JWT."""
    if not isinstance(token, str) or not token:
        sentence = Sentence("no_token", "The request carries no sign-in token. Sign in, and send it as 'Authorization: Bearer <token>'.")
        raise errors.Unauthenticated(sentence)
    if len(token) > LIMIT:
        sentence = Sentence(
            "token_too_long", "The sign-in token is longer than {most:,} characters, so it can't be one of ours. Sign in again.", most=LIMIT
        )
        raise errors.Unauthenticated(sentence)
    if not _SHAPE.fullmatch(token):
        sentence = Sentence("token_no_jwt", "The sign-in token isn't a JSON Web Token (three parts divided by dots). Sign in again.")
        raise errors.Unauthenticated(sentence)
    header, claims, _ = token.split(".")
    return _part(header), _part(claims)


def _part(encoded: str) -> dict[str, Any]:
    """One part of a JWT: a JSON object in UTF-8 in base64url without padding (RFC 7515 §2)."""
    try:
        value = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-8"))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        sentence = Sentence("token_unreadable", "The sign-in token can't be read. Sign in again.")
        raise errors.Unauthenticated(sentence)
    return value


def second(claims: dict[str, Any], name: str) -> int:
    """The claim `name` as seconds since 1970 (NumericDate, RFC 7519 §2; Google writes whole seconds only)."""
    value = claims.get(name)
    if type(value) is not int or not 0 < value < _LATEST:
        sentence = Sentence(
            "token_without_time", "The sign-in token doesn't say when ({claim}) in whole seconds. Sign in again.", claim=name
        )
        raise errors.Unauthenticated(sentence)
    return value


def claimed_at(claims: dict[str, Any], name: str) -> datetime:
    """The claim `name` as a date and time, UTC."""
    return datetime.fromtimestamp(second(claims, name), UTC)


def refuse_untimely(claims: dict[str, Any], now: float) -> None:
    """Refuse a token that has expired or was issued in the future; `now` is in seconds since 1970."""
    issued, expires = second(claims, "iat"), second(claims, "exp")
    if expires <= issued:
        sentence = Sentence("token_ends_before_it_begins", "The sign-in token ends before it begins. Sign in again.")
        raise errors.Unauthenticated(sentence)
    if expires + SKEW < now:
        sentence = Sentence("sign_in_expired", "Your sign-in has expired. Sign in again.")
        raise errors.Unauthenticated(sentence)
    if issued - SKEW > now:
        sentence = Sentence("token_from_the_future", "The sign-in token was issued in the future: a clock is wrong. Sign in again.")
        raise errors.Unauthenticated(sentence)


def refuse_signed(header: dict[str, Any], token: str) -> None:
    """Refuse a signed token where the identity emulator is used: the emulator signs none, and nothing here could verify it."""
    if header.get("alg") != "none" or not token.endswith("."):
        sentence = Sentence(
            "token_claims_signature",
            "The sign-in token claims a signature, and this machine's identity emulator signs none. Sign in again.",
        )
        raise errors.Unauthenticated(sentence)


def refuse_other_algorithms(header: dict[str, Any]) -> None:
    """Refuse any algorithm but RS256 with a key id; 'none' and HS256 with the public key as secret are known attacks (RFC 8725 §2.1)."""
    if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str) or not header["kid"]:
        sentence = Sentence(
            "token_of_another_algorithm", "The sign-in token isn't signed the way Google signs (RS256 with a named key). Sign in again."
        )
        raise errors.Unauthenticated(sentence)
