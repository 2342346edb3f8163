"""Somebody of the demo organisation in the past: a guest at the product's front door who signed in at the moment that the clock shows."""

from __future__ import annotations

import base64
import datetime as dt
import json
import time
from dataclasses import dataclass
from typing import Any

from infra.local.demo_year.clock import Clock
from infra.local.guest import Guest, Refused
from infra.local.http_call import send_json
from infra.local.identity import OWNER
from infra.local.place import PROJECT

UNAVAILABLE, ATTEMPTS = 503, 5
SESSION = dt.timedelta(minutes=5)  # how long before an act somebody signed in
TOKEN_SECONDS = 3600


@dataclass
class Actor(Guest):
    """A guest whose sign-ins are in the past.

    The identity emulator signs no token, so here anybody may say when they signed in; the cloud takes Google's signature alone
    (shared.google.identity).
    """

    clock: Clock | None = None
    uid: str = ""
    signed_in: int = 0  # the second of the last sign-in, which tells it from every other

    def open_account(self) -> Actor:
        """Make the account where there is none, its address proven by the project's administrator: nobody reads mail for it."""
        try:
            made = self._identity("signUp", **self._account())
        except Refused:  # there is one already
            made = self._identity("signInWithPassword", **self._account())
        self.uid = str(made["localId"])
        url = f"{self.at.ports.url('identity')}/identitytoolkit.googleapis.com/v1/projects/{PROJECT}/accounts:update"
        self._made("update", send_json("POST", url, {"localId": self.uid, "emailVerified": True}, headers=OWNER))
        return self

    def comes(self) -> Actor:
        """Somebody who signed in a little while ago."""
        self.token = self._token(int((self._now() - SESSION).timestamp()))
        return self

    def sign_in(self) -> str:
        """Sign in again for a signature, in a later second than the last time."""
        while (second := int(self._now().timestamp())) <= self.signed_in:
            time.sleep(0.1)
        self.signed_in, self.token = second, self._token(second)
        return self.token

    def post(self, function: str, /, *, etag: str = "", key: str = "", **fields: object) -> Any:
        """Take a step, again where the product asks for patience; raises Refused."""
        for attempt in range(ATTEMPTS):
            try:
                return super().post(function, etag=etag, key=key, **fields)
            except Refused as refusal:
                if refusal.status != UNAVAILABLE or attempt == ATTEMPTS - 1:
                    raise
            time.sleep(1)
        raise AssertionError

    def _now(self) -> dt.datetime:
        return self.clock.now() if self.clock else dt.datetime.now(dt.UTC)

    def _token(self, signed_in: int) -> str:
        """An ID token as the emulator makes it, for a sign-in in that second."""
        now = int(time.time())
        claims = {
            "iss": f"https://securetoken.google.com/{PROJECT}",
            "aud": PROJECT,
            "sub": self.uid,
            "user_id": self.uid,
            "email": self.email,
            "email_verified": True,
            "auth_time": signed_in,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "firebase": {"identities": {"email": [self.email]}, "sign_in_provider": "password"},
        }
        return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
