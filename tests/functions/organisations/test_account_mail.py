"""Mail about a sign-in is ours: in the person's language, to our own page, and it tells nobody who has an account."""

from __future__ import annotations

import json
import re
import urllib.error
from typing import Any
from uuid import uuid4

import pytest

from tests.builders import as_superuser, visitor
from tests.functions.deliveries import Deliver, deliver, product
from tests.functions.refusals import nothing_written
from tests.outside.mailers import inbox, mailer
from tests.product import Answer, Product

__all__ = ["deliver", "inbox", "mailer", "product"]


def ask(product: Product, **body: Any) -> Answer:
    """Ask for another password, not signed in."""
    return product.send("send_password_reset", "POST", headers={"Content-Type": "application/json"}, data=json.dumps(body).encode())


def newest(inbox: Any, address: str) -> dict[str, Any]:
    from werkzeug.test import Client

    return dict(Client(inbox).get("/messages", query_string={"to": address}).get_json()[0])


@pytest.mark.clause("11.300")
def test_a_forgotten_password_is_chosen_anew_by_a_mail_of_ours(product: Product, deliver: Deliver, mailer: str, inbox: Any) -> None:
    person = visitor(product)
    ask(product, email=person.email.upper(), language="nl").ok
    assert deliver("deliver_mail").ok["sent"] == 1
    mail = newest(inbox, person.email)
    assert mail["subject"] == "Een ander wachtwoord voor QFacts"
    code = re.search(r"/account/action\?mode=reset&code=([\w%-]+)", mail["text"])
    assert code
    product.emulator.call("accounts:resetPassword", {"oobCode": code[1], "newPassword": "Another-qfacts-2"})
    assert product.emulator.sign_in(person.email, "Another-qfacts-2")
    with pytest.raises(urllib.error.HTTPError):
        product.emulator.call("accounts:resetPassword", {"oobCode": code[1], "newPassword": "Another-qfacts-3"})
    assert as_superuser(product, "select status, facts, organisation_id from mails where to_email = :to", to=person.email) == [
        ["sent", {}, None]
    ]


def test_who_has_no_account_is_told_the_same_and_gets_no_mail(product: Product, deliver: Deliver, mailer: str) -> None:
    known, unknown = visitor(product).email, f"{uuid4().hex}@test.qfacts.example"
    told = [ask(product, email=address).ok for address in (known, unknown)]
    assert told[0].body == told[1].body == {"queued": True}
    assert {name for name in told[0].headers if name != "X-Request-Id"} == {name for name in told[1].headers if name != "X-Request-Id"}
    counts = deliver("deliver_mail").ok
    assert (counts["sent"], counts["given_up"]) == (1, 1)
    assert as_superuser(product, "select status, cause from mails where to_email = :to", to=unknown) == [
        ["failed", "Nobody signs in with this address."]
    ]


def test_a_reset_that_makes_no_sense_is_refused_and_writes_nothing(product: Product) -> None:
    with nothing_written(product):
        ask(product, email="nobody").refused(422)
        ask(product, email="a@b.example", language="de").refused(422, "en, nl, fr")
        ask(product, email="a@b.example", uid="x").refused(422)
        ask(product, email="a" * 5000).refused(413)
        raw = {"Content-Type": "application/json"}
        product.send("send_password_reset", "POST", headers=raw, data=b'{"email": "a@b.example", "email": "c@d.example"}').refused(
            422, "twice"
        )
        product.send("send_password_reset", "POST", headers=raw, data=b"\xff").refused(422, "UTF-8")
        product.send("send_password_reset", "POST", headers={"Content-Type": "text/plain"}, data=b"{}").refused(415)
        product.send("send_password_reset", "GET", headers={}).refused(405)


def test_an_address_is_proven_by_a_mail_of_ours(product: Product, deliver: Deliver, mailer: str, inbox: Any) -> None:
    email = f"{uuid4().hex}@test.qfacts.example"
    product.emulator.sign_up(email)
    token = product.emulator.sign_in(email)
    product.post("update_me", token, name="New", language="fr").ok
    product.post("create_organisation", token, name="Early").refused(403, "Prouvez d'abord que l'adresse")
    product.post("send_address_verification", token).ok
    assert deliver("deliver_mail").ok["sent"] == 1
    mail = newest(inbox, email)
    assert mail["subject"] == "Confirmez votre adresse électronique pour QFacts"
    code = re.search(r"/account/action\?mode=verify&code=([\w%-]+)", mail["text"])
    assert code
    product.emulator.call("accounts:update", {"oobCode": code[1]})
    proven = product.emulator.sign_in(email)
    product.post("create_organisation", proven, name="In time").ok
    product.post("send_address_verification", proven).refused(409, "déjà confirmée")


def test_the_provider_that_cant_be_reached_delays_the_mail(
    product: Product, deliver: Deliver, mailer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = visitor(product)
    ask(product, email=person.email).ok
    with monkeypatch.context() as away:
        away.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:9")
        assert deliver("deliver_mail").ok["later"] == 1
    as_superuser(product, "update mails set next_attempt_at = now() where to_email = :to", to=person.email)
    assert deliver("deliver_mail").ok["sent"] == 1
