"""Quotas at the door.

A step counts in its own transaction, after replay, so that a refused one leaves nothing behind. A read that takes long counts before it
begins, in a transaction of its own, so that it counts however it ends and doesn't hold the counter's row while it works.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from shared.domain.kernel.errors import TooMany
from shared.domain.people.limits import Quota, quotas_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from shared.app.call import Call
    from shared.doors.arrival import Arrival
    from shared.doors.door import Door

REMEMBERED_SECONDS = 5.0
MOST_REMEMBERED = 10_000
_refused: dict[tuple[str, object, str], float] = {}  # by quota, organisation and person, until when; a process's own, to spare the database


def admit(door: Door, arrival: Arrival, entering: Callable[[], AbstractContextManager[Call]]) -> None:
    """Refuse again who was refused a moment ago, and count a read; raises TooMany."""
    counted = _counted(door)
    for quota in counted:
        until = _refused.get(_key(quota, arrival))
        if until is not None and (left := until - time.monotonic()) > 0:
            raise TooMany(quota.sentence, retry_after=max(1, round(left)))
    if counted and door.method == "GET":
        with entering() as call:
            _spend(counted, arrival, call)


def count(door: Door, arrival: Arrival, call: Call) -> None:
    """Count a step; raises TooMany."""
    if door.method == "POST":
        _spend(_counted(door), arrival, call)


def _counted(door: Door) -> list[Quota]:
    return [one for one in quotas_of(door.name) if one.per != "address"]


def _spend(counted: list[Quota], arrival: Arrival, call: Call) -> None:
    from shared.queries.quotas import spend

    for quota in counted:
        try:
            spend(call.tx, quota, call.person.id if quota.per == "person" else arrival.organisation_id)
        except TooMany as refusal:
            _remember(quota, arrival, refusal)
            raise


def _remember(quota: Quota, arrival: Arrival, refusal: TooMany) -> None:
    if len(_refused) >= MOST_REMEMBERED:
        _refused.clear()
    _refused[_key(quota, arrival)] = time.monotonic() + min(refusal.retry_after, REMEMBERED_SECONDS)


def _key(quota: Quota, arrival: Arrival) -> tuple[str, object, str]:
    return quota.name, arrival.organisation_id, arrival.identity.uid
