"""An incoming request before anything is loaded: the caller, the organisation, the etag and the idempotency key."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.kernel import text
from shared.domain.kernel.errors import Invalid, TooLarge, Unauthenticated, UnsupportedMedia
from shared.doors import body
from shared.google import identity

if TYPE_CHECKING:
    from flask import Request

    from shared.doors.door import Door
    from shared.google.identity import Identity

# A generic plan is made once a connection. By default PostgreSQL plans the first five executions anew, and often all later ones, which
# takes six times as long as running them; only for lists, whose filters differ most, may that be worth it.
PLANNED = {True: "auto", False: "force_generic_plan"}  # by `Door.lists`
MOST_BYTES = 1024 * 1024  # of a body
DEEPEST = 32  # levels of nested objects and lists
LONGEST_KEY = 255  # characters
ETAG = re.compile(r'([0-9]{1,10})|"([0-9]{1,10})"')  # the quotes are part of it, but many clients leave them off


@dataclasses.dataclass
class Arrival:
    """What is known of a request before anything is loaded."""

    identity: Identity
    request_id: str
    organisation_id: UUID | None
    settings: dict[str, object]
    if_match: str | None = None
    key: str | None = None
    raw: bytes = b""
    fault: Invalid | None = None


def arrive(door: Door, request: Request, request_id: str) -> Arrival:
    """The request with its token verified and its headers and body read; raises Unauthenticated, Invalid, TooLarge or UnsupportedMedia."""
    token = _bearer(request)
    person = identity.verify(token, at_once=door.signs)
    organisation_id = _organisation(request) if door.organisation else None
    settings: dict[str, object] = {
        "app.organisation_id": organisation_id,
        "app.identity_uid": person.uid,
        "app.step": door.name,
        "app.request_id": request_id,
        "app.source": "web" if "Sec-Fetch-Site" in request.headers else "api",
        "plan_cache_mode": PLANNED[door.lists],
    }
    arrival = Arrival(person, request_id, organisation_id, settings)
    if door.method == "POST":
        arrival.raw, arrival.fault = _body(request)
        reason = json.loads(arrival.raw).get("reason") if arrival.fault is None else None
        settings["app.reason"] = reason.strip() if isinstance(reason, str) else None
    try:
        arrival.key, arrival.if_match = _key(request), _if_match(request)
    except Invalid as fault:  # raised after membership and role are checked
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
        return body.identifier(given)
    except ValueError:
        raise Invalid("X-Organisation", "This must be one organisation's id (a UUID).") from None


def _if_match(request: Request) -> str | None:
    given = request.headers.get("If-Match")
    if given is None:
        return None
    found = ETAG.fullmatch(given.strip())
    if found is None:
        raise Invalid("If-Match", 'Send one strong etag as it was given, such as "7".')
    return f'"{int(found[2] or found[1])}"'


def _key(request: Request) -> str | None:
    given = request.headers.get("Idempotency-Key")
    if given is not None and not (0 < len(given) <= LONGEST_KEY and given.isascii() and given.isprintable()):
        raise Invalid("Idempotency-Key", f"This must be 1 to {LONGEST_KEY} printable ASCII characters.")
    return given


def _body(request: Request) -> tuple[bytes, Invalid | None]:
    """The body's bytes and its fault, if it is malformed; the fault is returned, because the caller is checked before the body.

    Raises TooLarge and UnsupportedMedia at once.
    """
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMedia("Send the body as application/json in UTF-8.")
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(f"The body is larger than {MOST_BYTES // 1024} KiB; upload files with start_upload.")
    raw = request.stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise TooLarge(f"The body is larger than {MOST_BYTES // 1024} KiB; upload files with start_upload.")
    try:
        _refuse_malformed(raw)
    except Invalid as fault:
        return raw, fault
    return raw, None


def _refuse_malformed(raw: bytes) -> None:
    try:
        parsed = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError:
        raise Invalid("body", "The body isn't UTF-8.") from None
    except RecursionError:
        raise Invalid("body", "The body is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise Invalid("body", f"The body isn't JSON: {error.msg} at character {error.pos}.") from None
    except ValueError as error:
        raise Invalid("body", "The body isn't JSON that every reader understands in the same way.") from error
    if not isinstance(parsed, dict):
        raise Invalid("body", "The body must be a JSON object with named fields.")
    _walk("body", parsed, 0)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, _ in pairs if [other for other, _ in pairs].count(name) > 1)
        raise Invalid(twice, "This field stands in the body twice.")
    return found


def _no_constant(name: str) -> object:
    raise Invalid("body", f"The body holds {name}, which isn't JSON.")


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise Invalid("body", f"The number {digits[:20]} is too large.")
    return value


def _walk(path: str, value: object, depth: int) -> None:
    if depth > DEEPEST:
        raise Invalid("body", "The body is nested too deeply.")
    if isinstance(value, str):
        sentence = text.fault(value, MOST_BYTES)
        if sentence is not None:
            raise Invalid(path, sentence)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            _walk("body", name, depth)
            _walk(name if path == "body" else f"{path}.{name}", item, depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _walk(f"{path}.{index}", item, depth + 1)
