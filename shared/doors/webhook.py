"""The door of functions that another service calls, authenticated by a recent signature over the raw body."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast
from uuid import uuid4

from shared.db import database
from shared.domain.kernel.errors import MethodNotAllowed, Refusal, Unauthenticated
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass
from shared.doors.arrival import read_body
from shared.doors.door import entered
from shared.doors.problem import SECURITY, problem
from shared.outside import config, telemetry
from shared.outside.imports import importing

if TYPE_CHECKING:
    from flask import Request, Response
    from werkzeug.datastructures import Headers

    from shared.db.transaction import Transaction

ROLE = "qfacts_job"
MOST_BYTES = 4 * 1024 * 1024
OLDEST_SECONDS = 300
Proof = Callable[[bytes, "Headers", float], None]


@dataclass(frozen=True)
class Delivery:
    """What a webhook's function gets: the verified body and a transaction in the sender's name."""

    body: bytes
    tx: Transaction


class Received(Protocol):
    """A webhook's function as the cloud calls it, with its sender, which the house rules read."""

    webhook: str

    def __call__(self, request: Request, /) -> Response:
        """The response to one delivery."""
        ...


def webhook(sender: str, proof: Proof) -> Callable[[Callable[[Delivery], dict[str, int]]], Received]:
    """A function that `sender` calls. `proof(body, headers, now)` raises Unauthenticated unless the sender signed this body recently."""
    config.refuse_unsafe_start()

    def wrap(function: Callable[[Delivery], dict[str, int]]) -> Received:
        enter = cast("Received", entered(function, lambda request: _answer(function, sender, proof, request)))
        enter.webhook = sender
        return enter

    return wrap


def _answer(function: Callable[[Delivery], dict[str, int]], sender: str, proof: Proof, request: Request) -> Response:
    import json

    from flask import Response as Made

    request_id, name = str(uuid4()), function.__name__
    headers = {"Content-Type": "application/json"}
    settings = {"app.actor": f"webhook:{sender}", "app.step": name, "app.request_id": request_id, "app.source": "api"}
    try:
        if request.method != "POST":
            raise MethodNotAllowed(Sentence("wrong_method", "{function} is a {method}.", function=name, method="POST"), allow="POST")
        body = read_body(request, MOST_BYTES, Sentence("delivery_too_large", "This delivery is larger than 4 MiB."))
        proof(body, request.headers, time.time())
        with database.current().transaction(role=ROLE, settings=settings) as tx:
            status, text = 200, json.dumps(function(Delivery(body, tx)))
    except Refusal as refusal:
        status, text, headers = problem(refusal, request_id)
    except Exception as error:  # noqa: BLE001 - never a bare 500
        telemetry.log("ERROR", "a fault of ours", function=name, request_id=request_id, where=telemetry.where(error))
        fault = Refusal(Sentence("deliver_again", "Something went wrong on our side; deliver it again."))
        fault.status, fault.title = 500, "Our fault"
        status, text, headers = problem(fault, request_id)
    telemetry.log("INFO" if status < 500 else "WARNING", f"POST {name} {status}", function=name, request_id=request_id, status=status)
    return Made(text, status, {**SECURITY, "X-Request-Id": request_id, **headers})


def signed_with_ecdsa(public_key: Callable[[], str], signature_header: str, timestamp_header: str) -> Proof:
    """SendGrid's way: ECDSA P-256 with SHA-256 over timestamp and body; `public_key` gives base64 of DER (RFC 5280 §4.1).

    `public_key` is called at each delivery, because functions don't read the environment while loading.
    """

    def prove(body: bytes, headers: Headers, now: float) -> None:
        with importing():
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
            from cryptography.hazmat.primitives.hashes import SHA256
            from cryptography.hazmat.primitives.serialization import load_der_public_key

        timestamp = headers.get(timestamp_header, "")
        if not (expected := public_key()):
            raise Unauthenticated(
                Sentence(
                    "deliveries_not_set_up", "Deliveries aren't set up here: the sender's public key is missing from the configuration."
                )
            )
        key = load_der_public_key(base64.b64decode(expected))
        assert isinstance(key, EllipticCurvePublicKey)  # noqa: S101 - our own configuration
        try:
            key.verify(base64.b64decode(headers.get(signature_header, ""), validate=True), timestamp.encode() + body, ECDSA(SHA256()))
            late = abs(now - int(timestamp)) > OLDEST_SECONDS
        except (InvalidSignature, binascii.Error, ValueError):
            raise Unauthenticated(Sentence("delivery_not_signed", "This delivery isn't signed by whom it says.")) from None
        if late:
            raise Unauthenticated(Sentence("delivery_signed_too_long_ago", "This delivery was signed too long ago."))

    return prove
