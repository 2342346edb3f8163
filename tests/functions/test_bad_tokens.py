"""Tokens that aren't a real sign-in open no function, and nothing is written (21 CFR 11.10(d))."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.functions.refusals import nothing_written
from tests.functions.samples import DOORS
from tests.functions.world import World
from tests.google_keys import Google, claims, encoded
from tests.product import Product

TOKENS = {
    "nothing": "",
    "no JWT": "abc",
    "three dots": "a.b.c",
    "no algorithm": f"{encoded({'alg': 'none'})}.{encoded(claims())}.",
    "non-ASCII": "\u00e9.\u00e9.\u00e9",
    "a very long one": "a" * 9000,
    "another project": f"{encoded({'alg': 'none'})}.{encoded(claims(aud='other'))}.",
}


@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize("function", ["get_me", "get_document", "create_document", "approve_request"])
@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_bad_tokens_open_no_function(product: Product, ours: World, function: str, token: str) -> None:
    environ = {"HTTP_AUTHORIZATION": f"Bearer {token}".encode().decode("latin-1"), "HTTP_X_ORGANISATION": ours.firm.id}
    with nothing_written(product):
        answer = product.client(function).open("/", method=DOORS[function].method, environ_overrides=environ)
        assert answer.status_code == 401, answer.text
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        for scheme in ("Basic", "", "Token"):
            headers = {"Authorization": f"{scheme} {ours.person('qa').token}".strip(), "X-Organisation": ours.firm.id}
            product.send(function, DOORS[function].method, headers=headers).refused(401)


@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize(("algorithm", "signature"), [("HS256", b"x" * 32), ("RS256", b"x" * 256), ("none", b"x"), ("RS256", b"")])
def test_a_token_that_claims_a_signature_isnt_the_emulators(product: Product, ours: World, algorithm: str, signature: bytes) -> None:
    """Where the emulator says who people are, no signature can be proven, so a real person's claims don't help."""
    _, person, _ = ours.person("qa").token.split(".")
    token = f"{encoded({'alg': algorithm, 'kid': 'test-key', 'typ': 'JWT'})}.{person}.{encoded(signature)}"
    product.get("get_organisation", token, ours.firm.id).refused(401, "claims a signature")


@pytest.mark.clause("11.10(d)")
def test_forged_tokens_open_no_function_where_signatures_count(product: Product, google: Google) -> None:
    """Against tokens that are really signed: the emulator's are not."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    stranger = rsa.generate_private_key(65_537, 2_048)
    bad = {
        "unsigned": f"{encoded({'alg': 'none'})}.{encoded(claims())}.",
        "the public key as a secret": google.forge(claims()),
        "somebody else's key": google.sign(claims(), stranger),
        "another project": google.sign(claims(aud="another")),
        "another issuer": google.sign(claims(iss="https://securetoken.google.com/another")),
        "expired": google.sign(claims(iat=1_700_000_000, exp=1_700_003_600, auth_time=1_700_000_000)),
        "a custom token": google.sign(
            claims(aud="https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit")
        ),
        "another tenant": google.sign(claims(firebase={"sign_in_provider": "password", "tenant": "other"})),
    }
    with nothing_written(product):
        for name, token in bad.items():
            assert product.get("get_me", token).status == 401, name
    product.get("get_me", google.sign(claims(sub=f"real-{uuid4().hex}", email=f"{uuid4().hex}@test.qfacts.example"))).ok
