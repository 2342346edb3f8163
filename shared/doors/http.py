"""The doors of the HTTP functions: @query (GET) and @command (POST).

Each checks in this order: token, membership, role, replay, body; then the step checks existence, If-Match, relation and status. The body
isn't read before the caller is known. One request is one transaction, and a refused one changes nothing. Refusals are RFC 9457 problems.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, cast, overload
from uuid import uuid4

from shared.app.call import Call, record_failure
from shared.db import database
from shared.domain.kernel.errors import Contention, MethodNotAllowed, NotFound, Refusal
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.people import people
from shared.domain.people.people import Group
from shared.domain.records.lifecycles import who_takes
from shared.domain.signing.signatures import SigningRefused
from shared.doors import body
from shared.doors.arrival import Arrival, OnItsWay, arrive, receive
from shared.doors.door import Door, Entrance, entered
from shared.doors.idempotency import Replayed, keep, replay
from shared.doors.problem import COMPRESSED, OUR_FAULT, OWN_LANGUAGE, SECURITY, compressed, language_of, problem, told
from shared.doors.quotas import admit, count
from shared.doors.usage_facts import Fact, count_refusal, done
from shared.google.identity import Ended
from shared.outside import config, telemetry

if TYPE_CHECKING:
    from flask import Request, Response

    from shared.db.transaction import Transaction
    from shared.doors.door import Function, Reading

ATTEMPTS = 3


@overload
def query(function: Function, /) -> Entrance: ...
@overload
def query(*, who: Group = people.MEMBER, organisation: bool = True) -> Callable[[Function], Entrance]: ...
@overload
def query(
    *, who: Group = people.MEMBER, organisation: bool = True, after: Callable[..., Mapping[str, object]]
) -> Callable[[Reading], Entrance]: ...
def query(
    function: Function | None = None,
    /,
    *,
    who: Group = people.MEMBER,
    organisation: bool = True,
    after: Callable[..., Mapping[str, object]] | None = None,
) -> Entrance | Callable[[Function], Entrance] | Callable[[Reading], Entrance]:
    """A read: GET, its parameters in the query.

    `after` makes the answer of what the function returned, when the transaction is over and the connection given back: for work that
    takes long, such as comparing files or laying out a PDF.
    """

    def wrap(step: Reading) -> Entrance:
        return _entered_by(Door(function=step, method="GET", who=who, organisation=organisation, after=after))

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

    `before` runs before the step's transaction, for slow work such as hashing an upload; its result is `call.prepared`. It works on what
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
        status, text, headers = problem(refusal, request_id, language_of(request))
    except Exception as error:  # noqa: BLE001 - never a bare 500
        telemetry.log("ERROR", "a fault of ours", where=telemetry.where(error), **seen)
        fault = Refusal(OUR_FAULT)
        fault.status, fault.title = 500, "Our fault"
        status, text, headers = problem(fault, request_id, language_of(request))
    packed = compressed(text, request)
    response = Made(packed or text, status, {**SECURITY, "X-Request-Id": request_id, **(COMPRESSED if packed else {}), **headers})
    seen |= {"status": status, "milliseconds": round((time.perf_counter() - began) * 1000, 1)}
    telemetry.log(
        "INFO" if status < 500 else "WARNING",
        f"{door.method} {door.name} {status}",
        **seen,
        **telemetry.trace(request.headers, config.current().project),
    )
    return response


def _carry_out(door: Door, request: Request, request_id: str, seen: dict[str, object]) -> tuple[str, dict[str, str]]:
    if request.method != door.method:
        raise MethodNotAllowed(
            Sentence("wrong_method", "{function} is a {method}.", function=door.name, method=door.method), allow=door.method
        )
    if door.open_to_visitors:
        from shared.doors.visits import visit

        return visit(door, request, request_id, seen)
    try:
        arrival = arrive(door, request, request_id)
    except Ended as ended:
        from shared.doors.sign_ins import note_ended

        note_ended(ended)
        raise
    try:
        admit(door, arrival, lambda: _entering(door, arrival))
        try:
            return _attempt(door, arrival, seen)
        except OnItsWay:  # a member's, whose role may
            receive(arrival, waiting=True)
            return _attempt(door, arrival, seen)
    except Replayed as kept:
        return kept.answer
    except Refusal as refusal:
        count_refusal(door, arrival, refusal)
        raise


def _attempt(door: Door, arrival: Arrival, seen: dict[str, object]) -> tuple[str, dict[str, str]]:
    prepared = _prepare(door, arrival) if door.before is not None else None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with database.current().transaction(role=_role(door), settings=arrival.settings) as tx:
                call = _enter(door, arrival, tx, done(door))
                call.prepared = prepared
                found = _step(door, arrival, call, told=not receive(arrival))
                made = ("", {}) if door.after is not None else _answer(door, arrival, call, found)
                seen["statements"] = tx.statements
            _go_on(call)
            return made if door.after is None else _written(door, arrival, door.after(found))
        except Contention:
            if attempt == ATTEMPTS:
                raise
            time.sleep(0.02 * attempt)
        except SigningRefused as refusal:
            _count_failure(door, arrival, refusal)
            raise
    raise AssertionError


def _go_on(call: Call) -> None:
    """Do what a step left for after its commit, such as telling the identity provider; its own failure is ours, not the caller's."""
    for work in call.afterwards:
        try:
            work()
        except Refusal as refusal:
            telemetry.log("WARNING", "what follows a step failed", function=call.function, trouble=type(refusal).__name__)


def _role(door: Door) -> str:
    return "qfacts_application" if door.organisation else "qfacts_directory"


@contextmanager
def _entering(door: Door, arrival: Arrival) -> Iterator[Call]:
    with database.current().transaction(role=_role(door), settings=arrival.settings) as tx:
        yield _enter(door, arrival, tx)


@contextmanager
def _entering_again(door: Door, arrival: Arrival) -> Iterator[Transaction]:
    with _entering(door, arrival) as call:
        yield call.tx


def _enter(door: Door, arrival: Arrival, tx: Transaction, fact: Fact | None = None) -> Call:
    call = Call(tx=tx, function=door.name, identity=arrival.identity, request_id=arrival.request_id, if_match=arrival.if_match)
    call.again = partial(_entering_again, door, arrival)
    if not door.organisation:
        from shared.app.addresses import adopt
        from shared.queries.directory import own_person

        call.person = own_person(tx, arrival.identity)
        arrival.request.environ[OWN_LANGUAGE] = call.person.language
        call.refuse_ended_sign_in()
        adopt(call)
        return call
    from shared.queries.organisations import enter_organisation

    found = enter_organisation(tx, arrival.identity.uid, fact)
    if found is None:
        raise NotFound(Sentence("not_a_member", "You aren't a member of this organisation."))
    call.enter(*found)
    arrival.request.environ[OWN_LANGUAGE] = call.person.language
    call.refuse_ended_sign_in()
    if not door.who.admits(call.member):
        facts = {"function": Term(door.name), "needed": Term(door.who.words)}
        raise door.who.role_refusal(Sentence("function_needs_role", "To {function} needs {needed}.", **facts))
    return call


def _prepare(door: Door, arrival: Arrival) -> object:
    assert door.of is not None  # noqa: S101 - `before` works on something
    assert door.before is not None  # noqa: S101 - the caller asked
    with _entering(door, arrival) as call:
        receive(arrival)
        replay(door, arrival, call)
        found = door.of(call, **_arguments(door, arrival))
    return door.before(found)


def _step(door: Door, arrival: Arrival, call: Call, *, told: bool) -> object:
    """What the step found; unless the transaction was `told` the reason when it began, it is now, with the claim where there is one."""
    if not replay(door, arrival, call, claim=True) and not told:
        call.tx.set(**{"app.reason": arrival.reason})
    arguments = _arguments(door, arrival)
    call.arguments = {body.spoken(name): value for name, value in arguments.items()}
    count(door, arrival, call)
    found = door.function(call, **arguments)
    assert not call.owed  # noqa: S101 - a signature whose step recorded nothing; its challenge would stay unused
    return found


def _answer(door: Door, arrival: Arrival, call: Call, shown: object) -> tuple[str, dict[str, str]]:
    """The answer of a function within its transaction, kept with the effect that it tells of."""
    text, headers = _written(door, arrival, cast("Mapping[str, object]", shown))
    keep(door, arrival, call, text)
    return text, headers


def _written(door: Door, arrival: Arrival, shown: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    language = language_of(arrival.request)
    headers = {"Content-Type": "application/json", "Content-Language": language}
    if door.method == "GET" and isinstance(shown.get("etag"), str):
        headers["ETag"] = str(shown["etag"])
    return json.dumps(told(shown, language), default=_text), headers


def _arguments(door: Door, arrival: Arrival) -> dict[str, object]:
    if arrival.fault is not None:
        raise arrival.fault
    if door.method == "GET":
        return body.check_query(door.function, arrival.request)
    return body.check_body(door.function, arrival.raw or b"")


def _count_failure(door: Door, arrival: Arrival, refusal: SigningRefused) -> None:
    with database.current().transaction(role=_role(door), settings={**arrival.settings, "app.reason": refusal.sentence}) as tx:
        record_failure(_enter(door, arrival, tx), refusal.sentence)


def _text(value: object) -> object:
    from shared.domain.kernel.canonical import plain

    return plain(value)
