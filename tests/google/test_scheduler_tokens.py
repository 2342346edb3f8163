"""Cloud Scheduler's tokens: only its own account, for this very address, signed by Google."""

from __future__ import annotations

import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.domain.kernel import errors
from shared.google import scheduler_tokens
from shared.outside import config
from tests.google_keys import PROJECT, Google, encoded

AUDIENCE = "https://jobs.qfacts.example/take_documents_into_effect"
ACCOUNT = f"jobs@{PROJECT}.iam.gserviceaccount.com"


def claims(**more: Any) -> dict[str, Any]:
    """What Google writes for Cloud Scheduler; None removes a claim."""
    now = int(time.time())
    usual = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "azp": "1234567890",
        "sub": "1234567890",
        "email": ACCOUNT,
        "email_verified": True,
        "iat": now,
        "exp": now + 3600,
    }
    return {name: value for name, value in (usual | more).items() if value is not None}


def refusal(token: str) -> str:
    """The sentence with which a token is refused."""
    with pytest.raises(errors.Unauthenticated) as refused:
        scheduler_tokens.verify_scheduler(token, AUDIENCE)
    return refused.value.sentence


def test_the_schedulers_token_is_accepted_and_names_its_account(google: Google) -> None:
    assert scheduler_tokens.verify_scheduler(google.sign(claims()), AUDIENCE) == ACCOUNT
    assert scheduler_tokens.verify_scheduler(google.sign(claims(iss="accounts.google.com")), AUDIENCE) == ACCOUNT
    assert google.asked, "The certificate must really have been fetched."


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://jobs.qfacts.example/another"},
        {"aud": [AUDIENCE]},
        {"aud": None},
        {"iss": "https://accounts.example"},
        {"iss": f"https://securetoken.google.com/{PROJECT}"},
        {"email": f"web@{PROJECT}.iam.gserviceaccount.com"},
        {"email": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": int(time.time()) + 3000},
        {"iat": None},
    ],
)
def test_a_wrong_claim_is_refused_without_asking_google(google: Google, changed: dict[str, Any]) -> None:
    assert refusal(google.sign(claims(**changed)))
    assert google.asked == []


def test_a_forged_signature_is_refused(google: Google) -> None:
    assert refusal(f"{encoded({'alg': 'none', 'kid': 'test-key'})}.{encoded(claims())}.")
    assert refusal(google.forge(claims()))
    assert refusal(google.sign(claims(), key=rsa.generate_private_key(65_537, 2_048)))
    assert refusal(google.sign(claims(), kid="unknown"))
    header, _, signature = google.sign(claims(aud="https://another.example")).split(".")
    assert refusal(f"{header}.{encoded(claims())}.{signature}")


@pytest.mark.parametrize("garbage", ["", "x", "a.b.c", "Bearer a.b.c", "x" * 100_000])
def test_garbage_is_refused(google: Google, garbage: str) -> None:
    assert refusal(garbage)
    assert google.asked == []


def test_without_a_configured_account_nobody_may_call(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QFACTS_SCHEDULER_ACCOUNT")
    config.current.cache_clear()
    assert "QFACTS_SCHEDULER_ACCOUNT" in refusal(google.sign(claims()))
    assert "QFACTS_SCHEDULER_ACCOUNT" in refusal(google.sign(claims(email="")))


def test_certificates_are_fetched_once_for_as_long_as_google_says(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QFACTS_OIDC_CERTS", f"{google.url}/certificates-kept")
    config.current.cache_clear()
    for _ in range(3):
        scheduler_tokens.verify_scheduler(google.sign(claims()), AUDIENCE)
    assert google.asked == ["/certificates-kept"]


def test_without_certificates_it_is_tried_again_later(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    google.status = 404
    with pytest.raises(errors.Unavailable):
        scheduler_tokens.verify_scheduler(google.sign(claims()), AUDIENCE)
    google.status, google.certificates = 200, b"<html>"
    with pytest.raises(errors.Unavailable):
        scheduler_tokens.verify_scheduler(google.sign(claims()), AUDIENCE)
    monkeypatch.setenv("QFACTS_OIDC_CERTS", "http://127.0.0.1:1/certificates")
    config.current.cache_clear()
    with pytest.raises(errors.Unavailable):
        scheduler_tokens.verify_scheduler(google.sign(claims()), AUDIENCE)
