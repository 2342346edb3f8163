"""Identity for tests: the real Firebase Auth emulator, on free ports, once for the whole run."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.local.identity import FASTER
from infra.local.installers import packaged_node
from shared.outside import config
from tests.ports import free_port, launcher

pytest_plugins = ["tests.google_keys"]

PROJECT = "demo-qfacts"
PASSWORD = "Demo-qfacts-1"  # noqa: S105 - of people who don't exist
PATIENCE = 90  # seconds for the emulator to start; 15 to 20 are usual
ROOT = Path(__file__).resolve().parent.parent
INSTALLED = ROOT / ".local" / "node" / "node_modules" / "firebase-tools" / "lib" / "bin" / "firebase.js"


@dataclass(frozen=True)
class Emulator:
    """A running emulator at `host` (127.0.0.1:port)."""

    host: str

    def call(self, place: str, body: dict[str, Any], *, administrator: bool = False) -> dict[str, Any]:
        """One call of the Identity Toolkit's REST API; raises urllib.error.HTTPError where it refuses."""
        request = urllib.request.Request(
            f"http://{self.host}/identitytoolkit.googleapis.com/v1/{place}?key=any",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"} | ({"Authorization": "Bearer owner"} if administrator else {}),
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            return dict(json.load(answer))

    def sign_up(self, email: str, password: str = PASSWORD) -> str:
        """Makes an account; its uid."""
        body = {"email": email, "password": password, "returnSecureToken": True}
        return str(self.call("accounts:signUp", body)["localId"])

    def enter(self, email: str, password: str = PASSWORD) -> str:
        """Makes an account whose address is proven, and signs its person in; the ID token."""
        self.update(self.sign_up(email, password), emailVerified=True)
        return self.sign_in(email, password)

    def sign_in(self, email: str, password: str = PASSWORD) -> str:
        """Signs in afresh; the ID token."""
        body = {"email": email, "password": password, "returnSecureToken": True}
        return str(self.call("accounts:signInWithPassword", body)["idToken"])

    def rename(self, token: str, name: str) -> None:
        """Gives the account that is signed in with `token` another display name."""
        self.call("accounts:update", {"idToken": token, "displayName": name})

    def update(self, uid: str, **fields: object) -> None:
        """Changes an account as the project's administrator: `disableUser=True`, `validSince="<seconds>"`."""
        self.call(f"projects/{PROJECT}/accounts:update", {"localId": uid, **fields}, administrator=True)

    def delete(self, uid: str) -> None:
        """Removes an account."""
        self.call(f"projects/{PROJECT}/accounts:delete", {"localId": uid}, administrator=True)


AHEAD = 7  # seconds by which a token may be ahead of the clock; the product allows 10
_newest: dict[str, int] = {}


def claims_of(token: str) -> dict[str, Any]:
    """What a token says."""
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def unsigned(claims: dict[str, Any]) -> str:
    """A token as the emulator writes them."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def later(token: str, before: str) -> str:
    """The emulator's `token` as of a sign-in in a later second than that of the token `before`, and than any that this gave before."""
    claims = claims_of(token)
    newest = max(claims_of(before)["auth_time"], _newest.get(claims["sub"], 0))
    second = max(claims["auth_time"], newest + 1)
    time.sleep(max(0.0, second - time.time() - AHEAD))
    _newest[claims["sub"]] = second
    if second == claims["auth_time"]:
        return token
    return unsigned({**claims, "auth_time": second, "iat": max(second, claims["iat"])})


def program() -> list[str]:
    """The command that runs firebase-tools; fails with one sentence where it isn't installed."""
    script = Path(os.environ.get("QFACTS_FIREBASE", str(INSTALLED)))
    node = packaged_node()[0]
    if not script.exists() or not node.exists():
        sentence = f"The identity emulator isn't installed ({script}): run `make setup`, or say where it is in QFACTS_FIREBASE."
        pytest.fail(sentence, pytrace=False)
    return [str(node), "--require", str(FASTER), str(script)]


def start(home: Path) -> tuple[Emulator, subprocess.Popen[bytes]]:
    """Starts the emulator with its settings and log in `home`; returns once it answers."""
    ports = {name: {"host": "127.0.0.1", "port": free_port()} for name in ("auth", "hub", "logging")}
    settings = {"emulators": {**ports, "ui": {"enabled": False}, "singleProjectMode": True}}
    (home / "firebase.json").write_text(json.dumps(settings))
    command = [*launcher(), *program(), "emulators:start", "--only", "auth", "--project", PROJECT, "--non-interactive"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "CI": "1", "NO_UPDATE_NOTIFIER": "1", "TMPDIR": str(home)}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(  # the file's own settings, its own home: it asks and tells nobody anything
            command, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    emulator = Emulator(f"127.0.0.1:{ports['auth']['port']}")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://{emulator.host}/", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return emulator, process
    stop(process)
    pytest.fail(f"The identity emulator didn't start:\n{(home / 'log').read_text()[-2000:]}", pytrace=False)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the emulator and whatever it started; its accounts were in memory only."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


@pytest.fixture(scope="session")
def identity_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator for the whole run; every test makes people of its own."""
    emulator, process = start(tmp_path_factory.mktemp("identity"))
    yield emulator
    stop(process)


@pytest.fixture
def identity(identity_server: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """The emulator, with this process's configuration pointing at it."""
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", identity_server.host)
    monkeypatch.setenv("QFACTS_PROJECT", PROJECT)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("QFACTS_TENANT", raising=False)
    config.current.cache_clear()
    yield identity_server
    config.current.cache_clear()
