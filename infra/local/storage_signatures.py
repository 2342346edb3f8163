"""What Cloud Storage checks before it lets anybody in: V4 signatures of addresses, and who sends a token.

https://docs.cloud.google.com/storage/docs/authentication/canonical-requests
"""

from __future__ import annotations

import binascii
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

ALGORITHM = "GOOG4-RSA-SHA256"
LONGEST = 604_800  # seconds: seven days, Google's own limit
AUDIENCE = "https://storage.googleapis.com/"


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """What Cloud Storage would answer: a status, its code and a sentence."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.code, self.sentence = status, code, sentence


@dataclass(frozen=True)
class Request:
    """One request as it came: `path` and `query` still percent-encoded, header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]

    def parameters(self) -> dict[str, str]:
        """The query's parameters, decoded; a parameter named twice is refused."""
        found: dict[str, str] = {}
        for pair in filter(None, self.query.split("&")):
            name, _, value = pair.partition("=")
            if unquote(name) in found:
                raise Refused(400, "InvalidArgument", "A query parameter is given twice.")
            found[unquote(name)] = unquote(value)
        return found


class Key:
    """The throw-away service account whose signatures the gate accepts."""

    def __init__(self, path: Path) -> None:
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            PublicFormat,
            load_pem_private_key,
        )

        account = json.loads(path.read_text("utf-8"))
        self.email: str = account["client_email"]
        self._public: Any = load_pem_private_key(account["private_key"].encode(), None).public_key()
        self._pem = self._public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def judge_address(self, request: Request, now: datetime) -> None:
        """Raises Refused unless the address is signed by this key, for this request, and still valid."""
        given = request.parameters()
        signed = _signed_headers(request, given.get("X-Goog-SignedHeaders", ""))
        scope, begins = _scope(given, self.email)
        pairs = ((quote(name, safe="~"), quote(value, safe="~")) for name, value in given.items())
        canonical = "\n".join(
            [
                request.method,
                request.path,
                "&".join(sorted(f"{name}={value}" for name, value in pairs if name != "X-Goog-Signature")),
                *(f"{name}:{value}" for name, value in signed.items()),
                "",
                ";".join(signed),
                signed.get("x-goog-content-sha256", "UNSIGNED-PAYLOAD"),
            ]
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        self._judge_signature("\n".join([ALGORITHM, given["X-Goog-Date"], scope, digest]), given.get("X-Goog-Signature", ""))
        seconds = int(given["X-Goog-Expires"]) if given.get("X-Goog-Expires", "").isdecimal() else 0
        if not 0 < seconds <= LONGEST:
            raise Refused(400, "AuthorizationQueryParametersError", "X-Goog-Expires isn't 1 to 604800 seconds.")
        if now < begins - timedelta(minutes=1):
            raise Refused(403, "AccessDenied", "This address isn't valid yet.")
        if now > begins + timedelta(seconds=seconds):
            raise Refused(400, "ExpiredToken", "This address has expired. Ask for a new one.")

    def _judge_signature(self, message: str, signature: str) -> None:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            self._public.verify(binascii.unhexlify(signature), message.encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            sentence = "The signature doesn't match the request: its address or one of its headers was altered."
            raise Refused(403, "SignatureDoesNotMatch", sentence) from None

    def judge_bearer(self, authorization: str) -> None:
        """Raises Refused unless `Authorization` is a token that this account made for Cloud Storage (RFC 7523)."""
        from google.auth import jwt

        try:
            token = authorization.removeprefix("Bearer ")
            claims = jwt.decode(token, certs=self._pem, audience=AUDIENCE)  # type: ignore[no-untyped-call]  # google-auth is typed in parts
        except ValueError:
            claims = {}
        if claims.get("iss") != self.email:
            raise Refused(401, "AuthenticationRequired", "Only the application's service account may do this.")


def _signed_headers(request: Request, names: str) -> dict[str, str]:
    """The signed headers in their order; every x-goog-* header must be among them, and the host."""
    signed = names.split(";")
    if "host" not in signed or signed != sorted(set(signed)):
        raise Refused(400, "AuthorizationQueryParametersError", "X-Goog-SignedHeaders must be sorted and name host.")
    missing = [name for name in signed if name not in request.headers]
    extra = [name for name in request.headers if name.startswith("x-goog-") and name not in signed]
    if missing or extra:
        sentence = f"Send exactly the headers that were signed; missing: {missing}, not signed: {extra}."
        raise Refused(400, "MalformedSecurityHeader", sentence)
    return {name: re.sub(r"\s+", " ", request.headers[name].strip()) for name in signed}


def _scope(given: Mapping[str, str], email: str) -> tuple[str, datetime]:
    """The credential's scope and the moment from which the address is valid."""
    try:
        begins = datetime.strptime(given["X-Goog-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except (KeyError, ValueError):
        raise Refused(400, "AuthorizationQueryParametersError", "X-Goog-Date isn't a date.") from None
    account, _, scope = given.get("X-Goog-Credential", "").partition("/")
    wanted = f"{begins:%Y%m%d}/auto/storage/goog4_request"
    if given.get("X-Goog-Algorithm") != ALGORITHM or account != email or scope != wanted:
        raise Refused(403, "SignatureDoesNotMatch", "The address names another algorithm, account or scope.")
    return scope, begins


def make_key(path: Path, project: str) -> None:
    """Writes a throw-away service account to `path`, readable by its owner alone; keeps one that is there."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    if path.exists():
        return
    private = generate_private_key(65_537, 2_048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    account = {
        "type": "service_account",
        "project_id": project,
        "private_key_id": hashlib.sha256(pem.encode()).hexdigest()[:16],
        "private_key": pem,
        "client_email": f"storage@{project}.iam.gserviceaccount.com",
        "client_id": "local",
        "token_uri": "http://127.0.0.1:1/no-token-is-ever-fetched",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(account, file)
    fresh.rename(path)
