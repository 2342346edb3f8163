"""The credentials for Cloud Storage, and the signer of file URLs.

In the cloud we hold no key: IAM signs (signBlob). The local stack uses a throw-away key for both.
"""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shared.outside import config
from shared.outside.imports import importing

TIME_LIMIT = 10  # seconds for one call to IAM
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_AUDIENCE = "https://storage.googleapis.com/"
_HOUR = 3600  # seconds

_made: dict[config.Config, tuple[Any, Any]] = {}
_lock = threading.Lock()


def current(settings: config.Config) -> tuple[Any, Any]:
    """The credentials, and the signer of URLs (google.auth.credentials.Signing); made once, when first needed."""
    with _lock:
        if settings not in _made:
            _made[settings] = _local(settings.signer_key) if settings.signer_key else _cloud(settings.signer)
        return _made[settings]


def _cloud(email: str) -> tuple[Any, Any]:
    """The service's own credentials, and a signer through IAM as the account `email`.

    google-cloud-storage can call signBlob itself, but with a time-out of 120 seconds.
    """
    with importing():
        import google.auth
        from google.auth import credentials, iam
        from google.auth.transport.requests import Request

    own, _ = google.auth.default(scopes=[_SCOPE])
    request = Request()

    def timed(url: str, method: str = "GET", **more: Any) -> Any:  # noqa: ANN401 - google-auth's own
        return request(url, method=method, timeout=TIME_LIMIT, **more)

    remote: Any = iam.Signer(timed, own, email)  # type: ignore[no-untyped-call]  # google-auth is typed in parts

    class Signing(credentials.Signing):
        signer_email = email
        signer = remote

        def sign_bytes(self, message: bytes) -> bytes:
            return bytes(remote.sign(message))

    return own, Signing()


def _local(path: str) -> tuple[Any, Any]:
    """Credentials and a signer that use the key in the file `path`.

    google-auth's service accounts would query iamcredentials.googleapis.com in a background thread, but the local stack
    makes no outside calls; they would also validate the key's primes again (70 ms).
    """
    with importing():
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
        from google.auth import credentials, crypt, jwt

    account = json.loads(Path(path).read_text("utf-8"))
    email, private = str(account["client_email"]), str(account["private_key"]).encode("ascii")
    named, loaded = account.get("private_key_id"), load_pem_private_key(private, None, unsafe_skip_rsa_key_validation=True)
    key: Any = crypt.RSASigner(loaded, named)  # type: ignore[no-untyped-call]  # google-auth is typed in parts

    class Local(credentials.Credentials, credentials.Signing):
        signer_email = email
        signer = key

        def refresh(self, request: object) -> None:  # noqa: ARG002 - nobody is asked
            now = int(time.time())
            claims = {"iss": email, "sub": email, "aud": _AUDIENCE, "iat": now, "exp": now + _HOUR}
            self.token = jwt.encode(key, claims).decode("ascii")  # type: ignore[no-untyped-call]  # google-auth is typed in parts
            self.expiry = datetime.fromtimestamp(now + _HOUR, UTC).replace(tzinfo=None)  # google-auth compares naive UTC times

        def sign_bytes(self, message: bytes) -> bytes:
            return bytes(key.sign(message))

    both = Local()  # type: ignore[no-untyped-call]  # google-auth is typed in parts
    return both, both
