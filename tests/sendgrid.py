"""SendGrid's side of its event webhook: a key of its own, and bodies signed by it."""

from __future__ import annotations

import base64
import time

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def signed(body: bytes, **other: str) -> dict[str, str]:
    """The headers that prove `body` of this second; `other` replaces the value of Signature or Timestamp."""
    stamp = str(int(time.time()))
    signature = base64.b64encode(KEY.sign(stamp.encode() + body, ec.ECDSA(SHA256()))).decode()
    values = {"Signature": signature, "Timestamp": stamp} | other
    return {f"X-Twilio-Email-Event-Webhook-{name}": value for name, value in values.items()}
