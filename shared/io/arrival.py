"""A request as it comes to a door: who calls, for which organisation, with which etag and key, before anything is loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from shared.errors import Invalid, Unauthenticated
from shared.io import body, identity

if TYPE_CHECKING:
    from flask import Request

    from shared.io.http import Door
    from shared.io.identity import Identity

LONGEST_KEY = 255  # characters
LONGEST_ID = 36  # characters of a UUID with its hyphens


@dataclass
class Arrival:
    """One request as it came: what is known before anything is loaded."""

    identity: Identity
    request_id: str
    organisation_id: UUID | None
    settings: dict[str, object]
    if_match: str | None = None
    key: str | None = None
    raw: bytes = b""
    fault: Invalid | None = None


def arrive(door: Door, request: Request, request_id: str) -> Arrival:
    """The request with its token proven and its headers and body read; raises Unauthenticated, Invalid, TooLarge or UnsupportedMedia."""
    token = _bearer(request)
    person = identity.verify(token, revoked=door.signs)
    organisation_id = _organisation(request) if door.organisation else None
    settings: dict[str, object] = {
        "app.organisation_id": organisation_id, "app.identity_uid": person.uid, "app.step": door.name, "app.request_id": request_id,
        "app.source": "web" if "Sec-Fetch-Site" in request.headers else "api",
    }  # fmt: skip
    arrival = Arrival(person, request_id, organisation_id, settings)
    if door.method == "POST":
        arrival.raw, arrival.fault = body.read(request)
        reason = json.loads(arrival.raw).get("reason") if arrival.fault is None else None
        settings["app.reason"] = reason.strip() if isinstance(reason, str) else None
    try:
        arrival.key, arrival.if_match = _key(request), _if_match(request)
    except Invalid as fault:  # said once membership and role are judged
        arrival.fault = fault
    return arrival


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Sign in, and send the token as 'Authorization: Bearer …'.")
    return token.strip()


def _organisation(request: Request) -> UUID:
    given = request.headers.get("X-Organisation")
    if given is None:
        raise Invalid("X-Organisation", "Send the header X-Organisation with the id of your organisation.")
    try:
        if len(given) != LONGEST_ID:
            raise ValueError
        return UUID(given)
    except ValueError:
        raise Invalid("X-Organisation", "This must be one organisation's id (a UUID).") from None


def _if_match(request: Request) -> str | None:
    given = request.headers.get("If-Match")
    if given is None:
        return None
    bare = given.strip().strip('"')
    if not (bare.isascii() and bare.isdigit()) or len(bare) > 10:
        raise Invalid("If-Match", 'Send one strong etag as it was given, such as "7".')
    return f'"{int(bare)}"'


def _key(request: Request) -> str | None:
    given = request.headers.get("Idempotency-Key")
    if given is not None and not (0 < len(given) <= LONGEST_KEY and given.isascii() and given.isprintable()):
        raise Invalid("Idempotency-Key", f"This must be 1 to {LONGEST_KEY} printable ASCII characters.")
    return given
