"""The signing of seals and its verification: RSA with SHA-256 (PKCS #1 v1.5), with a key that signs nothing else.

In the cloud we hold no key: IAM signs (signBlob) for the seals' service account and publishes the certificates. IAM rotates its keys, so
each certificate is stored beside the seals. The local stack signs with a throw-away key.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence
from shared.outside import config, telemetry
from shared.outside.imports import importing

if TYPE_CHECKING:
    from collections.abc import Callable

TIME_LIMIT: Final = 4  # seconds for one call to IAM
SIGN_ADDRESS = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{}:signBlob"
CERTIFICATES_ADDRESS = "https://www.googleapis.com/service_accounts/v1/metadata/x509/{}"
_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_SENTENCE: Final = Sentence("nobody_signs_seals", "Nobody signs seals at this moment. The next minute tries again.")


def sign(message: bytes) -> tuple[str, bytes]:
    """The key's id and its signature of `message`; raises errors.Unavailable if IAM doesn't sign in time."""
    settings = config.current()
    if settings.seal_key:
        account = _local(settings.seal_key)
        return account["private_key_id"], _key(account).sign(message, *_scheme())
    asked = {"payload": base64.b64encode(message).decode("ascii")}
    answer = _asked(lambda session, account: session.post(SIGN_ADDRESS.format(account), json=asked, timeout=TIME_LIMIT))
    return str(answer["keyId"]), base64.b64decode(answer["signedBlob"])


def certificate(key: str) -> str:
    """The certificate of our key `key`, as PEM; raises errors.Unavailable if it isn't published."""
    settings = config.current()
    if settings.seal_key:
        return str(_local(settings.seal_key)["certificate"])
    published = _asked(lambda session, account: session.get(CERTIFICATES_ADDRESS.format(account), timeout=TIME_LIMIT))
    if key not in published:
        raise errors.Unavailable(_SENTENCE, retry_after=60)
    return str(published[key])


def holds(pem: str, message: bytes, signature: bytes) -> bool:
    """Whether the key of the certificate `pem` signed `message`."""
    with importing():
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from cryptography.x509 import load_pem_x509_certificate

    try:
        public = load_pem_x509_certificate(pem.encode("ascii")).public_key()
        if not isinstance(public, RSAPublicKey):
            return False
        public.verify(signature, message, *_scheme())
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(pem: str) -> str:
    """The SHA-256 of the certificate's public key, for comparison by people; raises ValueError if `pem` is no certificate."""
    with importing():
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        from cryptography.x509 import load_pem_x509_certificate

    public = load_pem_x509_certificate(pem.encode("ascii")).public_key()
    return hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _asked(ask: Callable[[Any, str], Any]) -> dict[str, Any]:
    """Google's answer to a request about the seals' service account."""
    with importing():
        import google.auth
        import google.auth.exceptions
        import requests
        from google.auth.transport.requests import AuthorizedSession

    try:
        own, _ = google.auth.default(scopes=[_SCOPE])
        with AuthorizedSession(own) as session:  # type: ignore[no-untyped-call]  # google-auth is typed in parts
            answer = ask(session, config.current().seal_signer)
        answer.raise_for_status()
        return dict(answer.json())
    except (google.auth.exceptions.GoogleAuthError, requests.exceptions.RequestException, ConnectionError, ValueError) as trouble:
        telemetry.log("WARNING", "nobody signs seals", trouble=type(trouble).__name__)
        raise errors.Unavailable(_SENTENCE, retry_after=60) from None


def _local(path: str) -> dict[str, Any]:
    return dict(json.loads(Path(path).read_text("utf-8")))


def _key(account: dict[str, Any]) -> Any:  # noqa: ANN401 - cryptography's own
    with importing():
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(account["private_key"].encode("ascii"), None)


def _scheme() -> tuple[Any, Any]:
    with importing():
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

    return PKCS1v15(), SHA256()
