"""An incoming request before anything is loaded: the caller, the organisation, the etag and the idempotency key."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.kernel import text
from shared.domain.kernel.errors import Invalid, Late, Refusal, TooLarge, Unauthenticated, UnsupportedMedia
from shared.domain.kernel.sentences import Sentence, must_be
from shared.doors import forms
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
MOST_NAMES = 1000  # in one object
MOST_VALUES = 50_000  # in all
TOO_MUCH = Sentence(
    "body_holds_too_much",
    "The body holds too much: at most {most_names} fields in one object and {most_values} values in all.",
    most_names=MOST_NAMES,
    most_values=MOST_VALUES,
)
LONGEST_KEY = 255  # characters
BODY_IS_HERE = "qfacts.body_is_here"  # in the environ of `shared.doors.worker`: whether the body can be read without waiting
ETAG = re.compile(r'([0-9]{1,10})|"([0-9]{1,10})"')  # the quotes are part of it, but many clients leave them off


class OnItsWay(Refusal):
    """The body isn't here yet: it is waited for once the transaction, and with it the connection, is given back."""


@dataclasses.dataclass
class Arrival:
    """What is known of a request before anything is loaded; of its body nothing, until `receive` reads it."""

    request: Request
    identity: Identity
    request_id: str
    organisation_id: UUID | None
    settings: dict[str, object]
    if_match: str | None = None
    key: str | None = None
    raw: bytes | None = None
    reason: str | None = None
    fault: Invalid | None = None


def arrive(door: Door, request: Request, request_id: str) -> Arrival:
    """The request with its token verified and its headers read; raises Unauthenticated, Invalid, TooLarge or UnsupportedMedia."""
    token = _bearer(request)
    person = identity.verify(token, at_once=door.signs)
    organisation_id = _organisation(request) if door.organisation else None
    settings: dict[str, object] = {
        "app.organisation_id": organisation_id,
        "app.identity_uid": person.uid,
        "app.step": door.name,
        "app.request_id": request_id,
        "app.reason": None,
        "app.source": "api",
        "plan_cache_mode": PLANNED[door.lists],
    }
    arrival = Arrival(request, person, request_id, organisation_id, settings)
    if door.method == "POST":
        refuse_unreadable(request)
    else:
        arrival.raw = b""
    try:
        arrival.key, arrival.if_match = _key(request), _if_match(request)
    except Invalid as fault:  # raised after membership and role are checked
        arrival.fault = fault
    return arrival


def receive(arrival: Arrival, *, waiting: bool = False) -> bool:
    """Read and parse the body, once membership and role are checked; whether it gave a reason that the transaction doesn't know yet.

    A malformed body is raised later, in its turn. Raises OnItsWay, or if `waiting` Late, where the body isn't here; and TooLarge.
    """
    if arrival.raw is not None:
        return False
    is_here = arrival.request.environ.get(BODY_IS_HERE)
    if not waiting and is_here is not None and not is_here():
        raise OnItsWay(Sentence("body_on_its_way", "The body is on its way."))
    try:
        arrival.raw = b""
        arrival.raw = read_body(
            arrival.request,
            MOST_BYTES,
            Sentence("body_too_large", "The body is larger than {most} KiB; upload files with start_upload.", most=MOST_BYTES // 1024),
        )
        reason = parsed(arrival.raw).get("reason")
        arrival.reason = reason.strip() if isinstance(reason, str) else None
    except Invalid as fault:
        arrival.fault = arrival.fault or fault
    arrival.settings["app.reason"] = arrival.reason
    return arrival.reason is not None


def read_body(request: Request, most: int, too_large: Sentence) -> bytes:
    """The body's bytes; raises TooLarge beyond `most` of them, Late where they don't come, and Invalid for chunks that make no sense."""
    from gunicorn.http.errors import ParseException
    from werkzeug.exceptions import ClientDisconnected

    raw = bytearray()
    try:
        while len(raw) <= most and (piece := request.stream.read(most + 1 - len(raw))):
            raw += piece
    except (ClientDisconnected, OSError):
        raise Late(Sentence("body_too_slow", "The body didn't come whole within five seconds. Send it again.")) from None
    except ParseException:
        raise Invalid(
            "body", Sentence("body_chunks", "The body's chunks don't say in hexadecimal digits how long they are (RFC 9112 7.1).")
        ) from None
    if len(raw) > most:
        raise TooLarge(too_large)
    return bytes(raw)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(Sentence("bearer_token_needed", "Sign in, and send the token as 'Authorization: Bearer …'."))
    return token.strip()


def _organisation(request: Request) -> UUID:
    given = request.headers.get("X-Organisation")
    if given is None:
        raise Invalid(
            "X-Organisation", Sentence("organisation_header_needed", "Send the header X-Organisation with the id of your organisation.")
        )
    try:
        return forms.identifier(given)
    except ValueError:
        raise Invalid("X-Organisation", must_be("one organisation's id (a UUID)")) from None


def _if_match(request: Request) -> str | None:
    given = request.headers.get("If-Match")
    if given is None:
        return None
    found = ETAG.fullmatch(given.strip())
    if found is None:
        raise Invalid("If-Match", Sentence("one_strong_etag", 'Send one strong etag as it was given, such as "7".'))
    return f'"{int(found[2] or found[1])}"'


def _key(request: Request) -> str | None:
    given = request.headers.get("Idempotency-Key")
    if given is not None and not (0 < len(given) <= LONGEST_KEY and given.isascii() and given.isprintable()):
        raise Invalid("Idempotency-Key", Sentence("key_form", "This must be 1 to {most} printable ASCII characters.", most=LONGEST_KEY))
    return given


def refuse_unreadable(request: Request) -> None:
    """Raise UnsupportedMedia or TooLarge for a body that isn't worth reading."""
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMedia(Sentence("not_json_in_utf8", "Send the body as application/json in UTF-8."))
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(
            Sentence("body_too_large", "The body is larger than {most} KiB; upload files with start_upload.", most=MOST_BYTES // 1024)
        )


def parsed(raw: bytes) -> dict[str, object]:
    """The body as an object; raises Invalid where it is malformed."""
    try:
        parsed = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError:
        raise Invalid("body", Sentence("body_not_utf8", "The body isn't UTF-8.")) from None
    except RecursionError:
        raise Invalid("body", Sentence("body_too_deep", "The body is nested too deeply.")) from None
    except json.JSONDecodeError as error:
        raise Invalid(
            "body", Sentence("body_no_json", "The body isn't JSON: {cause} at character {position}.", cause=error.msg, position=error.pos)
        ) from None
    except ValueError as error:
        raise Invalid(
            "body", Sentence("body_ambiguous_json", "The body isn't JSON that every reader understands in the same way.")
        ) from error
    if not isinstance(parsed, dict):
        raise Invalid("body", Sentence("body_no_object", "The body must be a JSON object with named fields."))
    _Reading().walk(parsed, None, 0)
    return parsed


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(pairs) > MOST_NAMES:
        raise Invalid("body", TOO_MUCH)
    found = dict(pairs)
    if len(found) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise Invalid(
            next(name for name, count in counts.items() if count > 1), Sentence("field_twice", "This field stands in the body twice.")
        )
    return found


def _no_constant(name: str) -> object:
    raise Invalid("body", Sentence("constant_no_json", "The body holds {constant}, which isn't JSON.", constant=name))


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise Invalid("body", Sentence("number_too_large", "The number {digits} is too large.", digits=digits[:20]))
    return value


Path = tuple["Path | None", str]  # a name, behind the path that leads there: no name is copied for what stands within it


class _Reading:
    """The look through a body: every text is readable, nothing is too deep, and there isn't too much of anything."""

    def __init__(self) -> None:
        self.left = MOST_VALUES

    def walk(self, value: object, path: Path | None, depth: int) -> None:
        if isinstance(value, str):
            self.read(value, path)
        elif isinstance(value, Mapping):
            self.enter(len(value), depth)
            for name, item in value.items():
                self.read(name, None)
                self.walk(item, (path, name), depth + 1)
        elif isinstance(value, list):
            self.enter(len(value), depth)
            for index, item in enumerate(value):
                self.walk(item, (path, str(index)), depth + 1)

    def enter(self, count: int, depth: int) -> None:
        self.left -= count
        if depth >= DEEPEST and count:
            raise Invalid("body", Sentence("body_too_deep", "The body is nested too deeply."))
        if self.left < 0:
            raise Invalid("body", TOO_MUCH)

    def read(self, value: str, path: Path | None) -> None:
        sentence = text.fault(value, MOST_BYTES)
        if sentence is not None:
            raise Invalid(_written(path), sentence)


def _written(path: Path | None) -> str:
    return ".".join(reversed(list(_names(path)))) or "body"


def _names(path: Path | None) -> Iterator[str]:
    while path is not None:
        path, name = path
        yield name
