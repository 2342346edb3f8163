"""The door of what somebody may do before they sign in: no identity, no organisation, and a quota for each client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from shared.app.call import Call
from shared.db import database
from shared.domain.kernel import canonical
from shared.domain.kernel.sentences import Sentence
from shared.domain.people.limits import quotas_of
from shared.doors import body
from shared.doors.arrival import PLANNED, parsed, read_body, refuse_unreadable
from shared.doors.problem import language_of, told
from shared.google.identity import NOBODY

MOST_BYTES = 4 * 1024  # of a visitor's body

if TYPE_CHECKING:
    from flask import Request

    from shared.db.transaction import Transaction
    from shared.doors.door import Door


def visit(door: Door, request: Request, request_id: str, seen: dict[str, object]) -> tuple[str, dict[str, str]]:
    """The answer to a call without a sign-in: a read is counted before anything is looked up, however it ends; a step with its effect."""
    settings = {"app.step": door.name, "app.request_id": request_id, "app.source": "api", "plan_cache_mode": PLANNED[door.lists]}
    if door.method == "GET":
        with database.current().transaction(role="qfacts_directory", settings=settings) as tx:
            _count(door, request, tx)
    arguments = _arguments(door, request)
    with database.current().transaction(role="qfacts_directory", settings=settings) as tx:
        if door.method == "POST":
            _count(door, request, tx)
        call = Call(tx=tx, function=door.name, identity=NOBODY, request_id=request_id)
        shown = cast("Mapping[str, object]", door.function(call, **arguments))
        seen["statements"] = tx.statements
    language = language_of(request)
    return json.dumps(told(shown, language), default=canonical.plain), {"Content-Type": "application/json", "Content-Language": language}


def _count(door: Door, request: Request, tx: Transaction) -> None:
    from shared.queries.quotas import spend

    for quota in quotas_of(door.name):
        if quota.per == "client":
            spend(tx, quota, client_of(request))


def _arguments(door: Door, request: Request) -> dict[str, object]:
    """What the request says; the little that a visitor has to send is read before a connection is taken."""
    if door.method == "GET":
        return body.check_query(door.function, request)
    refuse_unreadable(request)
    raw = read_body(
        request, MOST_BYTES, Sentence("visitors_body_too_large", "The body is larger than {most} KiB.", most=MOST_BYTES // 1024)
    )
    parsed(raw)
    return body.check_body(door.function, raw)


def client_of(request: Request) -> str:
    """The client's address as the first proxy noted it.

    Whoever writes that header themselves evades their own quota and nobody else's: no secret of 256 bits is guessed all the same.
    """
    return request.headers.get("X-Forwarded-For", "").partition(",")[0].strip()[:100] or request.remote_addr or ""
