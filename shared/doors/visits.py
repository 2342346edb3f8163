"""The door of what somebody may read before they sign in: no identity, no organisation, and a quota for each client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from shared.app.call import Call
from shared.db import database
from shared.domain.kernel import canonical
from shared.domain.people.limits import quotas_of
from shared.doors import body
from shared.doors.arrival import PLANNED
from shared.google.identity import NOBODY

if TYPE_CHECKING:
    from flask import Request

    from shared.doors.door import Door


def visit(door: Door, request: Request, request_id: str, seen: dict[str, object]) -> tuple[str, dict[str, str]]:
    """The answer to a read without a sign-in; counted before anything is looked up, however it ends."""
    from shared.queries.quotas import spend

    settings = {"app.step": door.name, "app.request_id": request_id, "app.source": "api", "plan_cache_mode": PLANNED[door.lists]}
    with database.current().transaction(role="qfacts_directory", settings=settings) as tx:
        for quota in quotas_of(door.name):
            spend(tx, quota, client_of(request))
    with database.current().transaction(role="qfacts_directory", settings=settings) as tx:
        call = Call(tx=tx, function=door.name, identity=NOBODY, request_id=request_id)
        shown = cast("Mapping[str, object]", door.function(call, **body.check_query(door.function, request)))
        seen["statements"] = tx.statements
    return json.dumps(shown, default=canonical.plain), {"Content-Type": "application/json"}


def client_of(request: Request) -> str:
    """The client's address as the first proxy noted it.

    Whoever writes that header themselves evades their own quota and nobody else's: no secret of 256 bits is guessed all the same.
    """
    return request.headers.get("X-Forwarded-For", "").partition(",")[0].strip()[:100] or request.remote_addr or ""
