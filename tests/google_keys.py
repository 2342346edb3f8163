"""Google on 127.0.0.1: a test key with its certificate, and the addresses that proving and signing need.

firebase-admin and google-auth fetch the certificate, look accounts up and have addresses signed over real HTTP, exactly
as from Google; only the addresses differ.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from shared.google import identity
from shared.outside import config

PROJECT = "qfacts-signed"
KEY_ID = "test-key"


def encoded(value: bytes | dict[str, Any]) -> str:
    """base64url without padding; of a JSON object its text."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Google:
    """The key that signs, and what the server at `url` answers."""

    key: rsa.RSAPrivateKey
    url: str = ""
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: int = 200
    lookup_status: int = 200
    certificates: bytes = b""
    asked: list[str] = field(default_factory=list)

    def sign(self, claims: dict[str, Any], key: rsa.RSAPrivateKey | None = None, **header: Any) -> str:
        """A token with these claims, RS256 by the test key unless `header` or `key` says otherwise."""
        head = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT", **header}
        content = f"{encoded(head)}.{encoded(claims)}"
        signature = (key or self.key).sign(content.encode(), padding.PKCS1v15(), SHA256())
        return f"{content}.{encoded(signature)}"

    def forge(self, claims: dict[str, Any]) -> str:
        """HS256 with the public key as the secret: the classic confusion of algorithms."""
        public = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        content = f"{encoded({'alg': 'HS256', 'kid': KEY_ID})}.{encoded(claims)}"
        return f"{content}.{encoded(hmac.digest(public, content.encode(), hashlib.sha256))}"

    def account(self) -> dict[str, str]:
        """The key as a service account's key file holds it."""
        return {
            "type": "service_account",
            "client_email": f"web@{PROJECT}.iam.gserviceaccount.com",
            "private_key_id": "test",
            "private_key": self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
            "token_uri": self.url,
            "universe_domain": "qfacts.example",  # so that google-auth asks nobody for a token or for regions
        }


def claims(**more: Any) -> dict[str, Any]:
    """What Firebase writes into an ID token; None removes a claim."""
    now = int(time.time())
    usual = {
        "iss": f"https://securetoken.google.com/{PROJECT}",
        "aud": PROJECT,
        "sub": "person-1",
        "user_id": "person-1",
        "email": "ada@demo.example",
        "email_verified": True,
        "auth_time": now - 60,
        "iat": now - 30,
        "exp": now + 3570,
        "firebase": {"identities": {"email": ["ada@demo.example"]}, "sign_in_provider": "password"},
    }
    return {name: value for name, value in (usual | more).items() if value is not None}


def _certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test.qfacts.example")])
    today = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(today - timedelta(days=1))
    signed = builder.not_valid_after(today + timedelta(days=2)).sign(key, SHA256())
    return signed.public_bytes(Encoding.PEM).decode()


class _Handler(BaseHTTPRequestHandler):
    """Certificates, and accounts:lookup of the Identity Toolkit."""

    def __init__(self, google: Google, *more: Any) -> None:
        self.google = google
        super().__init__(*more)

    def do_GET(self) -> None:
        """The certificates, kept by the caller only where the path says so; in Cloud Storage there is nothing."""
        if self.path.startswith("/storage/"):
            self._send(b"{}", "no-store", 404)
            return
        self._send(self.google.certificates, "public, max-age=3600" if "kept" in self.path else "no-store", self.google.status)

    def do_POST(self) -> None:
        """IAM's signBlob, or accounts:lookup, where an unknown account is an answer without users."""
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith(":signBlob"):
            signed = self.google.key.sign(base64.b64decode(wanted["payload"]), padding.PKCS1v15(), SHA256())
            content = json.dumps({"keyId": KEY_ID, "signedBlob": base64.b64encode(signed).decode()}).encode()
            self._send(content, "no-store", self.google.status)
            return
        users = [account for uid in wanted.get("localId", []) if (account := self.google.accounts.get(uid))]
        self._send(json.dumps({"users": users} if users else {}).encode(), "no-store", self.google.lookup_status)

    def _send(self, content: bytes, keeping: str, status: int) -> None:
        self.google.asked.append(self.path)
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Cache-Control", keeping)):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: a test's output stays readable."""


@contextmanager
def running() -> Iterator[Google]:
    """One key and one server."""
    google = Google(rsa.generate_private_key(65_537, 2_048))
    google.certificates = json.dumps({KEY_ID: _certificate(google.key)}).encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, google))
    google.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield google
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture(scope="session")
def google_server() -> Iterator[Google]:
    """One for the whole run."""
    with running() as google:
        yield google


@pytest.fixture
def google(google_server: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Google]:
    """This process's configuration and Google's two libraries pointing at the server."""
    from firebase_admin import _token_gen, _user_mgt
    from google.auth import iam

    identity._proofs.clear()
    identity._standings.clear()
    google_server.accounts, google_server.asked = {}, []
    google_server.status = google_server.lookup_status = 200
    google_server.certificates = json.dumps({KEY_ID: _certificate(google_server.key)}).encode()
    (tmp_path / "account.json").write_text(json.dumps(google_server.account()))
    monkeypatch.setattr(_token_gen, "ID_TOKEN_CERT_URI", f"{google_server.url}/certificates")
    monkeypatch.setattr(_user_mgt.UserManager, "ID_TOOLKIT_URL", f"{google_server.url}/v1")
    monkeypatch.setattr(iam, "_IAM_SIGN_ENDPOINT", f"{google_server.url}/v1/projects/-/serviceAccounts/{{}}:signBlob")
    monkeypatch.delenv("FIREBASE_AUTH_EMULATOR_HOST", raising=False)
    monkeypatch.delenv("QFACTS_TENANT", raising=False)
    for name, value in {
        "QFACTS_PROJECT": PROJECT,
        "QFACTS_OIDC_CERTS": f"{google_server.url}/certificates",
        "QFACTS_SCHEDULER_ACCOUNT": f"jobs@{PROJECT}.iam.gserviceaccount.com",
        "GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "account.json"),
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    config.current.cache_clear()
    yield google_server
    config.current.cache_clear()
