"""The door for other services: only what they signed lately gets in, and it writes in their name."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import flask
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.db import database
from shared.doors.webhook import Delivery, signed_with_ecdsa, webhook

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@webhook("mailer", signed_with_ecdsa(lambda: PUBLIC, "X-Signature", "X-Timestamp"))
def receive(delivery: Delivery) -> dict[str, int]:
    """Count the events and say in whose name the transaction writes."""
    row = delivery.tx.row("select current_setting('app.actor') as actor")
    assert row.actor == "webhook:mailer"
    return {"events": len(json.loads(delivery.body))}


def deliver(body: bytes, *, key: Any = KEY, at: float | None = None, signed: bytes | None = None, method: str = "POST") -> Any:
    stamp = str(int(time.time() if at is None else at))
    signature = base64.b64encode(key.sign(stamp.encode() + (body if signed is None else signed), ec.ECDSA(SHA256()))).decode()
    with flask.Flask("test").test_request_context("/", method=method, data=body, headers={"X-Signature": signature, "X-Timestamp": stamp}):
        return receive(flask.request)


@pytest.fixture(autouse=True)
def here(database: database.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.db import database as module

    monkeypatch.setattr(module, "_current", database)


def test_a_signed_delivery_is_received_in_the_senders_name() -> None:
    answer = deliver(b'[{"event": "bounce"}]')
    assert (answer.status_code, answer.get_json()) == (200, {"events": 1})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_delivery_signed_by_somebody_else_is_refused() -> None:
    assert deliver(b"[]", key=OTHER).status_code == 401


def test_a_body_altered_on_its_way_is_refused() -> None:
    assert deliver(b"[1]", signed=b"[]").status_code == 401


def test_an_old_delivery_is_refused_when_it_comes_again() -> None:
    assert deliver(b"[]", at=time.time() - 3600).status_code == 401


def test_a_delivery_without_a_signature_is_refused() -> None:
    with flask.Flask("test").test_request_context("/", method="POST", data=b"[]"):
        answer: Any = receive(flask.request)
    assert answer.status_code == 401


def test_only_a_post_delivers() -> None:
    answer = deliver(b"[]", method="PUT")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_delivery_that_is_too_large_is_refused_before_it_is_read() -> None:
    assert deliver(b"[" + b" " * (4 * 1024 * 1024) + b"]").status_code == 413


def test_a_fault_of_ours_is_a_problem_and_not_a_bare_500() -> None:
    answer = deliver(b"not JSON")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
