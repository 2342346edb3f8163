"""Firebase ID tokens: which are accepted and why the others aren't, signed by a test key and by the real emulator."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from firebase_admin import _token_gen

from shared.domain.kernel import errors
from shared.google import identity
from shared.outside import config
from tests.google.refusals import refusal
from tests.google_keys import PROJECT, Google, claims, encoded
from tests.identity import Emulator, claims_of

NOW = int(time.time())
CUSTOM = "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit"


def test_a_signed_token_says_who_how_and_when(google: Google) -> None:
    token = google.sign(claims(email="Ada@Demo.example", auth_time=1_700_000_000))
    person = identity.verify(token)
    assert person.uid == "person-1"
    assert person.email == "ada@demo.example"
    assert person.auth_time == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert person.method == "password"
    assert person.issued_at.timestamp() == claims_of(token)["iat"]
    assert person.email_verified
    assert google.asked == ["/certificates"], "The certificate must really have been fetched."
    assert not identity.verify(google.sign(claims(email_verified=None))).email_verified
    assert not identity.verify(google.sign(claims(email_verified="true"))).email_verified, "Only JSON's own true counts."


def test_the_second_factor_is_part_of_the_method(google: Google) -> None:
    firebase = {"sign_in_provider": "password", "sign_in_second_factor": "totp", "identities": {}}
    assert identity.verify(google.sign(claims(firebase=firebase))).method == "password+totp"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"aud": "another-project"}, "another project"),
        ({"aud": [PROJECT]}, "another project"),
        ({"aud": None}, "another project"),
        ({"aud": CUSTOM}, "custom token"),
        ({"iss": "https://securetoken.google.com/another-project"}, "another issuer"),
        ({"iss": f"https://session.firebase.google.com/{PROJECT}"}, "another issuer"),
        ({"iss": None}, "another issuer"),
        ({"sub": ""}, "names nobody"),
        ({"sub": None}, "names nobody"),
        ({"sub": 7}, "names nobody"),
        ({"sub": "x" * 129}, "names nobody"),
        ({"exp": NOW - 3600, "iat": NOW - 7200, "auth_time": NOW - 7200}, "expired"),
        ({"exp": NOW - 30, "iat": NOW - 3630, "auth_time": NOW - 3630}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": "9999999999"}, "exp"),
        ({"exp": 1e400}, "can't be read|exp"),
        ({"exp": 10**30}, "exp"),
        ({"exp": True}, "exp"),
        ({"iat": NOW + 3000, "exp": NOW + 6600}, "future"),
        ({"iat": None}, "iat"),
        ({"iat": -1}, "iat"),
        ({"iat": NOW, "exp": NOW - 5}, "before it begins"),
        ({"auth_time": NOW + 3000}, "after it was made"),
        ({"auth_time": None}, "auth_time"),
        ({"auth_time": "yesterday"}, "auth_time"),
        ({"firebase": None}, "how you signed in"),
        ({"firebase": []}, "how you signed in"),
        ({"firebase": {}}, "how you signed in"),
        ({"firebase": {"sign_in_provider": "password", "tenant": "lab-1"}}, "another tenant"),
        ({"firebase": {"sign_in_provider": "anonymous"}, "email": None}, "no e-mail address"),
        ({"email": 5}, "no e-mail address"),
    ],
)
@pytest.mark.parametrize("unsigned", [False, True])
def test_a_wrong_claim_is_refused_signed_or_not(
    google: Google, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], said: str, *, unsigned: bool
) -> None:
    import re

    token = google.sign(claims(**changed))
    if unsigned:
        monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:1")
        token = f"{encoded({'alg': 'none'})}.{encoded(claims(**changed))}."
    assert re.search(said, refusal(token))


def test_a_clock_ten_seconds_off_is_forgiven_and_more_is_not(google: Google) -> None:
    now = int(time.time())
    google.accounts["person-1"] = {"localId": "person-1", "validSince": "0"}
    assert identity.verify(google.sign(claims(iat=now + 8, auth_time=now + 8, exp=now + 3608))).uid == "person-1"
    assert identity.verify(google.sign(claims(iat=now - 3608, auth_time=now - 3608, exp=now - 8))).uid == "person-1"
    assert "future" in refusal(google.sign(claims(iat=now + 15, auth_time=now, exp=now + 3615)))
    assert "expired" in refusal(google.sign(claims(iat=now - 3615, auth_time=now - 3615, exp=now - 15)))


def test_a_token_without_a_signature_is_refused(google: Google) -> None:
    assert "the way Google signs" in refusal(f"{encoded({'alg': 'none', 'kid': 'test-key'})}.{encoded(claims())}.")
    assert "the way Google signs" in refusal(google.sign(claims(), alg="none"))
    header, body, _ = google.sign(claims()).split(".")
    assert "isn't signed by Google" in refusal(f"{header}.{body}.")


def test_hs256_with_the_public_key_as_its_secret_is_refused(google: Google) -> None:
    assert "the way Google signs" in refusal(google.forge(claims()))


def test_another_key_an_unknown_key_and_altered_claims_are_refused(google: Google) -> None:
    other = rsa.generate_private_key(65_537, 2_048)
    assert "isn't signed by Google" in refusal(google.sign(claims(), key=other))
    assert "isn't signed by Google" in refusal(google.sign(claims(), kid="unknown"))
    header, _, signature = google.sign(claims()).split(".")
    assert "isn't signed by Google" in refusal(f"{header}.{encoded(claims(sub='person-2'))}.{signature}")
    assert "the way Google signs" in refusal(google.sign(claims(), kid=""))
    assert "the way Google signs" in refusal(google.sign(claims(), kid=["test-key"]))


@pytest.mark.parametrize(
    "garbage",
    [
        *("", " ", "x", "a.b", "a.b.c", "a.b.c.d", "..", "Bearer a.b.c", "é.b.c", "a.b.c\n", "\x00.\x00.\x00"),
        f"{encoded(b'[]')}.{encoded(b'[]')}.x",
        f"{encoded(b'null')}.{encoded(b'1')}.x",
        f"{encoded(b'[' * 5_000)}.x.x",
        f"{encoded(b'{' + b'}')}.{encoded(bytes([0xFF, 0xFE]))}.x",
        "x" * 100_000,
        f"{encoded(b'{}')}.{'x' * 100_000}.x",
    ],
)
def test_garbage_is_refused_without_asking_anybody(google: Google, garbage: str) -> None:
    assert refusal(garbage)
    assert google.asked == []


def test_a_signed_token_of_100_kb_is_refused(google: Google) -> None:
    assert "longer than 8,000" in refusal(google.sign(claims(padding="x" * 100_000)))
    assert google.asked == []


def test_nothing_but_a_token_passes_even_where_no_signature_is_checked(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:1")
    token = f"{encoded({'alg': 'none'})}.{encoded(claims())}."
    assert identity.verify(token).uid == "person-1"
    for more in ("\n", " ", "\x00", "é", "="):
        assert "three parts" in refusal(token + more)
    assert google.asked == []


def test_what_is_not_text_is_refused(google: Google) -> None:
    assert google.url
    assert refusal(None)
    assert refusal(b"a.b.c")


def test_a_tenants_token_is_accepted_by_that_tenant_only(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QFACTS_TENANT", "lab-1")
    config.current.cache_clear()
    ours = {"sign_in_provider": "password", "tenant": "lab-1"}
    assert identity.verify(google.sign(claims(firebase=ours))).uid == "person-1"
    assert "another tenant" in refusal(google.sign(claims()))
    assert "another tenant" in refusal(google.sign(claims(firebase=ours | {"tenant": "lab-2"})))
    google.accounts["person-1"] = {"localId": "person-1", "validSince": "0"}
    assert identity.verify(google.sign(claims(firebase=ours)), at_once=True).uid == "person-1"
    assert google.asked[-1] == f"/v1/projects/{PROJECT}/tenants/lab-1/accounts:lookup"


def test_a_proof_is_kept_for_the_same_bytes_and_for_no_others(google: Google) -> None:
    token = google.sign(claims())
    for _ in range(2):
        assert identity.verify(token).uid == "person-1"
    assert "isn't signed" in refusal(token[:-4] + "AAAA")


def test_where_google_is_out_of_reach_it_is_our_trouble_and_not_the_persons(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    token = google.sign(claims())
    google.status = 404
    with pytest.raises(errors.Unavailable) as refused:
        identity.verify(token)
    assert refused.value.retry_after > 0
    google.status, google.certificates = 200, b"<html>sign in to this network</html>"
    with pytest.raises(errors.Unavailable):
        identity.verify(token)
    monkeypatch.setenv("QFACTS_PROJECT", "nowhere")
    config.current.cache_clear()
    monkeypatch.setattr(_token_gen, "ID_TOKEN_CERT_URI", "http://127.0.0.1:1/certificates")
    with pytest.raises(errors.Unavailable):
        identity.verify(google.sign(claims(aud="nowhere", iss="https://securetoken.google.com/nowhere")))


def test_an_emulators_token_is_accepted_from_the_emulator_only(
    identity_server: Emulator, identity: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.google import identity as module

    identity.sign_up("Real@demo.example")
    before = int(time.time())
    token = identity.sign_in("real@demo.example")
    person = module.verify(token, at_once=True)
    assert (person.email, person.method) == ("real@demo.example", "password")
    assert before - 1 <= person.auth_time.timestamp() <= time.time() + 1
    monkeypatch.delenv("FIREBASE_AUTH_EMULATOR_HOST")
    assert "isn't signed" in refusal(token)
    assert identity_server.host


def test_importing_the_modules_imports_nothing_heavy() -> None:
    heavy = "('firebase_admin', 'google.auth', 'google.cloud.storage', 'requests', 'jinja2', 'sendgrid', 'pypdf')"
    modules = "shared.google.identity, shared.google.scheduler_tokens, shared.google.files, shared.outside.sendgrid, shared.outside.reader"
    script = f"import sys, {modules}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
