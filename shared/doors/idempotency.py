"""Idempotency-Key: the answer of a step that committed is kept, and the same request gets it again without a second effect."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from shared.domain.kernel.errors import Invalid, Refusal
from shared.domain.kernel.sentences import Sentence

if TYPE_CHECKING:
    from shared.app.call import Call
    from shared.doors.arrival import Arrival
    from shared.doors.door import Door


def _slot(door: Door, arrival: Arrival, call: Call) -> dict[str, object]:
    return {"person": call.person.id, "scope": arrival.organisation_id or call.person.id, "function": door.name, "key": arrival.key}


class Replayed(Refusal):
    """The same request was answered before; its stored answer is returned and this transaction rolls back."""

    def __init__(self, answer: str) -> None:
        super().__init__(Sentence("answered_before", "This request was answered before."))
        self.answer = answer, {"Content-Type": "application/json", "Idempotency-Replayed": "true"}


def replay(door: Door, arrival: Arrival, call: Call, *, claim: bool = False) -> bool:
    """Raise the stored answer of the same request; with `claim`, take the key, waiting for a concurrent holder, and set the reason.

    Whether the key was taken.
    """
    if arrival.key is None or door.method != "POST":
        return False
    slot, request_sha256 = _slot(door, arrival, call), hashlib.sha256(arrival.raw or b"").hexdigest()
    if claim and call.tx.rows(
        "insert into idempotency_keys (person_id, scope, function, key, request_sha256, created_at)"
        " values (:person, :scope, :function, :key, :request, now()) on conflict do nothing"
        " returning set_config('app.reason', coalesce(:reason::text, ''), true)",
        request=request_sha256,
        reason=arrival.reason,
        **slot,
    ):
        return True
    kept = call.tx.row(
        "select k.request_sha256, k.answer from idempotency_keys k"
        " where k.person_id = :person and k.scope = :scope and k.function = :function and k.key = :key",
        **slot,
    )
    if kept is None:
        return False
    if kept.request_sha256 != request_sha256:
        raise Invalid("Idempotency-Key", Sentence("key_of_another_request", "This key was used for another request; take a new one."))
    raise Replayed(kept.answer)


def keep(door: Door, arrival: Arrival, call: Call, answer: str) -> None:
    """Keep the answer of a step with its effect, where the request has a key."""
    if arrival.key is not None and door.method == "POST":
        call.tx.rows(
            "update idempotency_keys set answer = :answer"
            " where person_id = :person and scope = :scope and function = :function and key = :key",
            answer=answer,
            **_slot(door, arrival, call),
        )
