"""Throw-away keys of one place: the scheduler's with its certificate, that of mail events, and where that of the files' addresses lies."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.place import Place

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

KEY_ID = "local"
VALID_DAYS = 3650


def scheduler_key(place: Place) -> Path:
    """PEM of the RSA key that signs the scheduler's OIDC tokens."""
    return place.keys / "scheduler.pem"


def certificates(place: Place) -> Path:
    """JSON of key id -> X.509 certificate, in the form of https://www.googleapis.com/oauth2/v1/certs."""
    return place.keys / "certificates.json"


def signer_key(place: Place) -> Path:
    """The service-account file whose key signs files' addresses (V4 signatures); the storage gate makes it."""
    return place.keys / "signer.json"


def mail_events_key(place: Place) -> Path:
    """PEM of the key with which this machine's own events of mail may be signed, as SendGrid signs them (ECDSA P-256)."""
    return place.keys / "mail-events.pem"


def mail_events_public_key(place: Place) -> str:
    """The same key's public half, as SendGrid gives it: base64 of DER; empty before the first start."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    if not mail_events_key(place).exists():
        return ""
    public = load_pem_private_key(mail_events_key(place).read_bytes(), None).public_key()
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def seal_key(place: Place) -> Path:
    """The service-account file whose key signs the seals of the audit trail, with its certificate."""
    return place.keys / "seals.json"


def prepare(place: Place) -> None:
    """Make the keys that there aren't yet, readable by their owner only."""
    place.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not mail_events_key(place).exists():
        _make_mail_events_key(place)
    if not (scheduler_key(place).exists() and certificates(place).exists()):
        _make_scheduler_key(place)
    if not seal_key(place).exists():
        make_seal_key(seal_key(place))


def make_seal_key(path: Path) -> None:
    """Write a new key for seals to `path`, in the form of a service account's key file."""
    key, pem = _rsa()
    certificate = _certificate(key, "seals.qfacts.example")
    account = {
        "type": "service_account",
        "client_email": "seals@qfacts.example",
        "private_key": pem,
        "certificate": certificate,
        "private_key_id": hashlib.sha256(certificate.encode()).hexdigest()[:40],
    }
    _write(path, json.dumps(account))


def _make_mail_events_key(place: Place) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    _write(mail_events_key(place), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def _make_scheduler_key(place: Place) -> None:
    key, pem = _rsa()
    _write(scheduler_key(place), pem)
    _write(certificates(place), json.dumps({KEY_ID: _certificate(key, "scheduler.qfacts.example")}))


def _certificate(key: RSAPrivateKey, whose: str) -> str:
    """A certificate that the key signed itself, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, whose)])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=VALID_DAYS))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode()


def _rsa() -> tuple[RSAPrivateKey, str]:
    """A new key, and the same as PEM."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _write(path: Path, text: str) -> None:
    """All of it or nothing, readable by its owner only."""
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    unfinished.replace(path)
