"""The doors of the HTTP functions: @query (GET) and @command (POST).

Each checks in this order: token, membership, role, replay, body; then the step checks existence, If-Match, relation and status. One request
is one transaction, and a refused one changes nothing. Refusals are RFC 9457 problem documents.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast, overload
from uuid import uuid4

from shared.app.call import Call, record_failure
from shared.db import database
from shared.domain.kernel.errors import Contention, Forbidden, Invalid, MethodNotAllowed, NotFound, Refusal, Unauthenticated, Unavailable
from shared.domain.people import people
from shared.domain.people.people import Group
from shared.domain.records.lifecycles import who_takes
from shared.domain.signing.signatures import SigningRefused
from shared.doors import body
from shared.doors.arrival import Arrival, arrive
from shared.doors.door import Door, Entrance, entered
from shared.doors.usage_facts import Fact, count_refusal, done
from shared.outside import config, telemetry

if TYPE_CHECKING:
    from flask import Request, Response

    from shared.db.transaction import Transaction
    from shared.doors.door import Function

ATTEMPTS = 3
SECURITY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


@overload
def query(function: Function, /) -> Entrance: ...
@overload
def query(*, who: Group = people.MEMBER, organisation: bool = True) -> Callable[[Function], Entrance]: ...
def query(
    function: Function | None = None, /, *, who: Group = people.MEMBER, organisation: bool = True
) -> Entrance | Callable[[Function], Entrance]:
    """A read: GET, its parameters in the query."""

    def wrap(step: Function) -> Entrance:
        return _entered_by(Door(step, "GET", who, organisation))

    return wrap if function is None else wrap(function)


@overload
def command(function: Function, /) -> Entrance: ...
@overload
def command(
    *,
    who: Group | None = None,
    organisation: bool = True,
    of: Callable[..., object] | None = None,
    before: Callable[[Any], object] | None = None,
) -> Callable[[Function], Entrance]: ...
def command(
    function: Function | None = None,
    /,
    *,
    who: Group | None = None,
    organisation: bool = True,
    of: Callable[..., object] | None = None,
    before: Callable[[Any], object] | None = None,
) -> Entrance | Callable[[Function], Entrance]:
    """A step: POST, its parameters in the JSON body. The tables of steps say who may call it, or `who` if it is in none.

    `before` runs before the step's transaction, for slow work such as hashing an upload; its result is `call.facts`. It works on what
    `of` loads, after the membership check, by the step's parameters; `of` refuses what isn't the caller's.
    """

    def wrap(step: Function) -> Entrance:
        allowed = who or who_takes(step.__name__)
        if allowed is None:
            message = f"{step.__name__} is no row of a workflow: say who may call it"
            raise TypeError(message)
        return _entered_by(Door(function=step, method="POST", who=allowed, organisation=organisation, of=of, before=before))

    return wrap if function is None else wrap(function)


def _entered_by(door: Door) -> Entrance:
    config.refuse_unsafe_start()
    enter = cast("Entrance", entered(door.function, lambda request: answer(door, request)))
    enter.door = door
    return enter


def answer(door: Door, request: Request) -> Response:
    """Respond to one request, whatever happens, and log it."""
    from flask import Response as Made

    began, request_id = time.perf_counter(), str(uuid4())
    seen: dict[str, object] = {"function": door.name, "request_id": request_id}
    headers: dict[str, str] = {}
    try:
        status, text, headers = 200, *_carry_out(door, request, request_id, seen)
    except Refusal as refusal:
        status, text, headers = problem(refusal, request_id)
    except Exception as error:  # noqa: BLE001 - never a bare 500
        telemetry.log("ERROR", "a fault of ours", where=telemetry.where(error), **seen)
        fault = Refusal("Something went wrong on our side; nothing was changed. Try again, and tell us the request id if it stays.")
        fault.status, fault.title = 500, "Our fault"
        status, text, headers = problem(fault, request_id)
    response = Made(text, status, {**SECURITY, "X-Request-Id": request_id, **headers})
    seen |= {"status": status, "milliseconds": round((time.perf_counter() - began) * 1000, 1)}
    telemetry.log(
        "INFO" if status < 500 else "WARNING",
        f"{door.method} {door.name} {status}",
        **seen,
        **telemetry.trace(request.headers, config.current().project),
    )
    return response


def problem(refusal: Refusal, request_id: str) -> tuple[int, str, dict[str, str]]:
    """A refusal as application/problem+json (RFC 9457)."""
    facts = {"state" if name == "status" else name: value for name, value in refusal.facts.items()}  # `status` is HTTP's own
    document = {
        **facts,
        "type": "about:blank",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.sentence,
        "request_id": request_id,
    }
    headers = {"Content-Type": "application/problem+json"}
    if refusal.status == Unauthenticated.status:
        stepped = ' error="insufficient_user_authentication", max_age="120"' if isinstance(refusal, SigningRefused) else ""
        headers["WWW-Authenticate"] = f"Bearer{stepped}"  # RFC 6750 §3, RFC 9470 §3
    if isinstance(refusal, Unavailable):
        headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, MethodNotAllowed):
        headers["Allow"] = str(refusal.facts.get("allow", ""))
    return refusal.status, json.dumps(document, default=str), headers


def _carry_out(door: Door, request: Request, request_id: str, seen: dict[str, object]) -> tuple[str, dict[str, str]]:
    if request.method != door.method:
        raise MethodNotAllowed(f"{door.name} is a {door.method}.", allow=door.method)
    arrival = arrive(door, request, request_id)
    try:
        return _attempt(door, arrival, request, seen)
    except Replayed as kept:
        return kept.answer
    except Refusal as refusal:
        count_refusal(door, arrival, refusal)
        raise


def _attempt(door: Door, arrival: Arrival, request: Request, seen: dict[str, object]) -> tuple[str, dict[str, str]]:
    facts = _prepare(door, arrival) if door.before is not None else None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with database.current().transaction(role=_role(door), settings=arrival.settings) as tx:
                call = _enter(door, arrival, tx, done(door))
                call.facts = facts
                text, headers = _step(door, arrival, call, request)
                seen["statements"] = tx.statements
            return text, headers
        except Contention:
            if attempt == ATTEMPTS:
                raise
            time.sleep(0.02 * attempt)
        except SigningRefused as refusal:
            _count_failure(door, arrival, refusal)
            raise
    raise AssertionError


def _role(door: Door) -> str:
    return "qfacts_application" if door.organisation else "qfacts_directory"


def _enter(door: Door, arrival: Arrival, tx: Transaction, fact: Fact | None = None) -> Call:
    call = Call(tx=tx, function=door.name, identity=arrival.identity, request_id=arrival.request_id, if_match=arrival.if_match)
    if not door.organisation:
        from shared.queries.directory import own_person

        call.person = own_person(tx, arrival.identity)
        return call
    from shared.queries.organisations import enter_organisation

    found = enter_organisation(tx, arrival.identity.uid, fact)
    if found is None:
        raise NotFound("You aren't a member of this organisation.")
    call.enter(*found)
    if not door.who.admits(call.member):
        raise Forbidden(f"To {door.name.replace('_', ' ')} needs {door.who.words}.", needed=sorted(door.who.groups))
    return call


def _prepare(door: Door, arrival: Arrival) -> object:
    assert door.of is not None  # noqa: S101 - `before` works on something
    assert door.before is not None  # noqa: S101 - the caller asked
    with database.current().transaction(role=_role(door), settings=arrival.settings) as tx:
        call = _enter(door, arrival, tx)
        _replay(door, arrival, call)
        found = door.of(call, **_arguments(door, arrival, None))
    return door.before(found)


def _step(door: Door, arrival: Arrival, call: Call, request: Request) -> tuple[str, dict[str, str]]:
    _replay(door, arrival, call, claim=True)
    shown = door.function(call, **_arguments(door, arrival, request))
    assert not call.owed  # noqa: S101 - a signature whose step recorded nothing; its challenge would stay unused
    text = json.dumps(shown, default=_text)
    headers = {"Content-Type": "application/json"}
    if door.method == "GET" and isinstance(shown.get("etag"), str):
        headers["ETag"] = str(shown["etag"])
    if arrival.key is not None and door.method == "POST":
        call.tx.rows(
            "update idempotency_keys set answer = :answer"
            " where person_id = :person and scope = :scope and function = :function and key = :key",
            answer=text,
            **_slot(door, arrival, call),
        )
    return text, headers


def _arguments(door: Door, arrival: Arrival, request: Request | None) -> dict[str, object]:
    if arrival.fault is not None:
        raise arrival.fault
    if door.method == "GET":
        assert request is not None  # noqa: S101 - only steps prepare
        return body.check_query(door.function, request)
    return body.check_body(door.function, arrival.raw)


def _slot(door: Door, arrival: Arrival, call: Call) -> dict[str, object]:
    return {"person": call.person.id, "scope": arrival.organisation_id or call.person.id, "function": door.name, "key": arrival.key}


class Replayed(Refusal):
    """The same request was answered before; its stored answer is returned and this transaction rolls back."""

    def __init__(self, answer: str) -> None:
        super().__init__("This request was answered before.")
        self.answer = answer, {"Content-Type": "application/json", "Idempotency-Replayed": "true"}


def _replay(door: Door, arrival: Arrival, call: Call, *, claim: bool = False) -> None:
    """Raise the stored answer of the same request; with `claim`, take the key, waiting for a concurrent holder."""
    if arrival.key is None or door.method != "POST":
        return
    slot, request_sha256 = _slot(door, arrival, call), hashlib.sha256(arrival.raw).hexdigest()
    if claim and call.tx.rows(
        "insert into idempotency_keys (person_id, scope, function, key, request_sha256, created_at)"
        " values (:person, :scope, :function, :key, :request, now()) on conflict do nothing returning 1 as claimed",
        request=request_sha256,
        **slot,
    ):
        return
    kept = call.tx.row(
        "select k.request_sha256, k.answer from idempotency_keys k"
        " where k.person_id = :person and k.scope = :scope and k.function = :function and k.key = :key",
        **slot,
    )
    if kept is None:
        return
    if kept.request_sha256 != request_sha256:
        raise Invalid("Idempotency-Key", "This key was used for another request; take a new one.")
    raise Replayed(kept.answer)


def _count_failure(door: Door, arrival: Arrival, refusal: SigningRefused) -> None:
    with database.current().transaction(role=_role(door), settings={**arrival.settings, "app.reason": refusal.sentence}) as tx:
        record_failure(_enter(door, arrival, tx), refusal.sentence)


def _text(value: object) -> object:
    from shared.domain.kernel.canonical import plain

    return plain(value)
