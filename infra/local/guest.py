"""Somebody at the product's front door, as a browser would be: signs in for real, reads, takes steps, uploads, downloads, signs."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from infra.local.http_call import Answer, call, send_json
from infra.local.place import PROJECT, Place

PASSWORD = "Demo-qfacts-1"  # noqa: S105 - for 127.0.0.1 only, and printed
MAIL_SECONDS = 15.0


class Refused(Exception):  # noqa: N818 - the product said no
    """The product refused; the text is its own sentence."""

    def __init__(self, function: str, answer: Answer) -> None:
        super().__init__(f"{function} answered {answer.status}: {answer.text}")
        self.status = answer.status
        self.problem: Any = answer.json


@dataclass
class Guest:
    """One person; `organisation` is the one they work for in their next calls."""

    at: Place
    email: str
    password: str = PASSWORD
    organisation: str = ""
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def sign_up(self) -> Guest:
        """Make the account and sign in."""
        self.token = str(self._identity("signUp", **self._account())["idToken"])
        return self

    def prove_address(self) -> Guest:
        """Ask the identity provider for a code by mail, give it back, and sign in with the address proven."""
        self._identity("sendOobCode", requestType="VERIFY_EMAIL", idToken=self.token)
        sent: Any = call("GET", f"{self.at.ports.url('identity')}/emulator/v1/projects/{PROJECT}/oobCodes").json["oobCodes"]
        self._identity("update", oobCode=[one["oobCode"] for one in sent if one["email"] == self.email][-1])
        self.sign_in()
        return self

    def sign_in(self) -> str:
        """Sign in with the password, in a later second than the last time: a sign-in is told by its second."""
        former = _second(self.token)
        while _second(token := str(self._identity("signInWithPassword", **self._account())["idToken"])) <= former:
            time.sleep(0.1)
        self.token = token
        return token

    def get(self, function: str, /, **parameters: object) -> Any:
        """Read; raises Refused."""
        query = {name: str(value).lower() if isinstance(value, bool) else value for name, value in parameters.items()}
        return self._made(function, call("GET", f"{self._url(function)}?{urlencode(query)}", headers=self._headers(), timeout=60))

    def post(self, function: str, /, *, etag: str = "", key: str = "", **fields: object) -> Any:
        """Take a step; raises Refused."""
        extra = {name: value for name, value in (("If-Match", etag), ("Idempotency-Key", key)) if value}
        return self._made(function, send_json("POST", self._url(function), fields, headers={**self._headers(), **extra}, timeout=60))

    def sign(self, function: str, kind: str, subject_id: str, meaning: str, /, **fields: Any) -> Any:
        """Take a signed step: challenge, fresh sign-in, step."""
        told = {name: value for name, value in fields.items() if name not in {"id", "etag", "key"} and not name.endswith("_id")}
        challenge = self.post("start_signing", subject_kind=kind, subject_id=subject_id, meaning=meaning, arguments=told)
        self.sign_in()
        return self.post(function, challenge_id=challenge["challenge_id"], **fields)

    def upload(self, filename: str, media_type: str, content: bytes) -> str:
        """Upload a file through its signed URL and have it proven; the file's id."""
        digest = hashlib.sha256(content).hexdigest()
        started = self.post("start_upload", filename=filename, media_type=media_type, size=len(content), sha256=digest)
        put = call("PUT", started["upload_url"], headers=started["headers"], body=content, timeout=60)
        if put.status not in {200, 201}:
            raise Refused("the upload URL", put)
        self.post("finish_upload", file_id=started["file_id"])
        return str(started["file_id"])

    def download(self, file_id: str) -> bytes:
        """A file's bytes, through its signed URL."""
        answer = call("GET", self.get("download_file", file_id=file_id)["url"], timeout=60)
        if answer.status != 200:
            raise Refused("the download URL", answer)
        return answer.body

    def mail(self) -> list[dict[str, Any]]:
        """The mail in this person's inbox, newest first."""
        messages: list[dict[str, Any]] = call("GET", f"{self.at.ports.origin}/mail/messages?to={quote(self.email)}").json
        return messages

    def invitation(self, former: str = "") -> str:
        """The token of the newest invitation in the inbox, waited for; `former` is one that was used."""
        until = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < until:
            for message in self.mail():
                for link in message["links"]:
                    tokens = parse_qs(urlsplit(str(link)).query).get("token")
                    if tokens and tokens[0] != former:
                        return tokens[0]
            time.sleep(0.2)
        sentence = f"no invitation has reached {self.email} within {MAIL_SECONDS:.0f} s"
        raise TimeoutError(sentence)

    def _account(self) -> dict[str, object]:
        return {"email": self.email, "password": self.password, "returnSecureToken": True}

    def _identity(self, what: str, **body: object) -> Any:
        url = f"{self.at.ports.url('identity')}/identitytoolkit.googleapis.com/v1/accounts:{what}?key=any"
        return self._made(what, send_json("POST", url, body))

    def _url(self, function: str) -> str:
        return f"{self.at.ports.origin}/api/{function}"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **({"X-Organisation": self.organisation} if self.organisation else {})}

    @staticmethod
    def _made(function: str, answer: Answer) -> Any:
        if answer.status != 200:
            raise Refused(function, answer)
        return answer.json


def _second(token: str) -> int:
    """The second in which the person of this token signed in."""
    if not token:
        return 0
    part = token.split(".")[1]
    return int(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["auth_time"])
