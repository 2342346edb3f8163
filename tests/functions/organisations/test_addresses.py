"""An address counts once its owner proved it, and a sign-in that the provider ended counts no more (21 CFR 11.300, NIST SP 800-63B)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from shared.google import identity
from tests.builders import NAMES, Colleague, Company, as_superuser, at_once, company, invitation_token, mails, visitor
from tests.identity import claims_of, unsigned
from tests.product import Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an admin, QA and an Operator."""
    return company(product, "qa", "operator")


def unproven(product: Product, email: str = "") -> Colleague:
    """Somebody who signed up with an address and proved nothing."""
    email = email or f"unproven{next(NAMES)}@test.qfacts.example"
    product.emulator.sign_up(email)
    token = product.emulator.sign_in(email)
    me = product.post("update_me", token, name="Uma Unproven").ok
    return Colleague(product, email, token, me["person"]["id"])


def address(product: Product, person: Colleague) -> tuple[str, bool]:
    """The address that we keep, and whether it counts."""
    [[email, proven]] = as_superuser(product, "select email, email_proven from people where id = :id", id=person.id)
    return str(email), bool(proven)


def renamed(product: Product, person: Colleague, email: str, *, verified: bool) -> Colleague:
    """The same account after its owner gave it another address."""
    product.emulator.update(claims_of(person.token)["sub"], email=email, emailVerified=verified)
    return Colleague(product, email, product.emulator.sign_in(email), person.id, person.organisation)


def test_an_organisation_is_founded_by_somebody_who_proved_their_address(product: Product) -> None:
    person = unproven(product)
    product.post("create_organisation", person.token, name="Hasty Ltd").refused(403, "Prove your e-mail address first")
    product.emulator.update(claims_of(person.token)["sub"], emailVerified=True)
    product.post("create_organisation", person.token, name="Hasty Ltd").refused(403)
    product.post("create_organisation", product.emulator.sign_in(person.email), name="Patient Ltd").ok
    assert address(product, person) == (person.email, True)


def test_the_mailed_token_proves_the_invited_address_and_only_that(product: Product, firm: Company) -> None:
    invited, other = unproven(product), unproven(product)
    firm.admin.post("invite_member", email=invited.email, role="operator").ok
    token = invitation_token(product, invited.email)
    product.post("accept_invitation", other.token, token=token).refused(403, "another e-mail address")
    assert address(product, other) == (other.email, False)
    product.post("accept_invitation", invited.token, token=token).ok
    assert address(product, invited) == (invited.email, True)
    product.post("create_organisation", invited.token, name="Now Ltd").ok
    fresh = claims_of(product.emulator.sign_in(invited.email))
    assert fresh["email_verified"] is True, "the identity provider knows it too"


def test_a_changed_address_that_nobody_proved_is_not_adopted_and_gets_no_mail(product: Product, firm: Company) -> None:
    person, victim = firm.operator, f"victim{next(NAMES)}@test.qfacts.example"
    moved = renamed(product, person, victim, verified=False)
    assert product.get("get_me", moved.token).ok["email"] == person.email
    assert address(product, person) == (person.email, True)
    shown = firm.admin.get("list_members").ok["items"]
    assert victim not in str(shown)
    assert mails(product, victim) == []
    product.post("create_organisation", moved.token, name="Borrowed Ltd").refused(403)


def test_a_proven_changed_address_is_adopted_and_told_to_the_former_one_and_the_admins(product: Product, firm: Company) -> None:
    person, present = firm.operator, f"moved{next(NAMES)}@test.qfacts.example"
    moved = renamed(product, person, present, verified=True)
    assert product.get("get_me", moved.token).ok["email"] == present
    assert address(product, person) == (present, True)
    assert next(template for template, _ in mails(product, person.email)) == "address_changed"
    told = dict(mails(product, firm.admin.email))["member_address_changed"]
    assert (told["former"], told["present"]) == (person.email, present)
    assert "member_address_changed" not in dict(mails(product, firm.qa.email))
    product.get("get_me", moved.token).ok
    assert [template for template, _ in mails(product, person.email)].count("address_changed") == 1


def test_an_invitation_accepted_under_a_new_address_tells_the_former_one(product: Product, firm: Company) -> None:
    other = company(product)
    present = f"second{next(NAMES)}@test.qfacts.example"
    moved = renamed(product, firm.operator, present, verified=False)
    other.admin.post("invite_member", email=present, role="operator").ok
    product.post("accept_invitation", moved.token, token=invitation_token(product, present)).ok
    assert address(product, firm.operator) == (present, True)
    assert "address_changed" in [template for template, _ in mails(product, firm.operator.email)]
    assert "member_address_changed" in dict(mails(product, firm.admin.email))


def test_an_unproven_address_shows_nobody_the_invitations_mailed_to_it(product: Product, firm: Company) -> None:
    email = f"wanted{next(NAMES)}@test.qfacts.example"
    firm.admin.post("invite_member", email=email, role="operator").ok
    thief = unproven(product, email)
    with product.asking() as connection:
        connection.run("begin")
        connection.run("set local role qfacts_directory")
        connection.run("select set_config('app.person_id', :id, true)", id=thief.id)
        [[seen]] = connection.run("select count(*) from invitations")
        connection.run("rollback")
    assert seen == 0


@pytest.mark.clause("11.300(c)")
@pytest.mark.parametrize("ended", [{"validSince": None}, {"disableUser": True}, {"deleted": True}], ids=["revoked", "disabled", "deleted"])
def test_an_ended_sign_in_takes_no_step_at_all(
    product: Product, firm: Company, monkeypatch: pytest.MonkeyPatch, ended: dict[str, Any]
) -> None:
    uid, former = claims_of(firm.admin.token)["sub"], aged(firm.admin.token)
    product.emulator.update(uid, validSince="0")
    product.get("list_members", former, firm.id).ok
    if "deleted" in ended:
        product.emulator.delete(uid)
    else:
        product.emulator.update(uid, **({"validSince": str(int(time.time()))} if "validSince" in ended else ended))
    monkeypatch.setattr(identity, "STANDING_SECONDS", 0.0)
    for function, body in (
        ("set_member_role", {"person_id": firm.operator.id, "role": "qa", "admin": False}),
        ("invite_member", {"email": "friend@test.qfacts.example", "role": "qa"}),
        ("update_organisation", {"legal_hold": True}),
    ):
        product.post(function, former, firm.id, **body).refused(401)
    product.get("list_members", former, firm.id).refused(401)
    product.get("get_me", former).refused(401)


@pytest.mark.clause("11.300(c)")
def test_what_one_process_learnt_of_an_ended_sign_in_holds_in_every_process(
    product: Product, firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid, former = claims_of(firm.admin.token)["sub"], aged(firm.admin.token)
    product.emulator.update(uid, validSince="0")
    product.emulator.update(uid, validSince=str(int(time.time())))
    with monkeypatch.context() as patched:
        patched.setattr(identity, "STANDING_SECONDS", 0.0)
        product.get("get_me", former).refused(401, "revoked")
    [[kept]] = as_superuser(product, "select not_before is not null from people where id = :id", id=firm.admin.id)
    assert kept
    identity._standings.clear()
    monkeypatch.setattr(identity, "_standing", lambda _: identity.Standing(None, 0, time.monotonic()))  # another process that asked before
    product.get("list_members", former, firm.id).refused(401, "has been ended")
    product.get("get_me", former).refused(401, "has been ended")


def test_a_new_sign_in_after_the_end_of_the_others_counts(product: Product, firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    former = aged(firm.qa.token)
    product.emulator.update(claims_of(former)["sub"], validSince=str(int(time.time()) - 100))
    with monkeypatch.context() as patched:
        patched.setattr(identity, "STANDING_SECONDS", 0.0)
        product.get("get_me", former).refused(401, "revoked")
    later = claims_of(product.emulator.sign_in(firm.qa.email))
    product.get("get_me", unsigned({**later, "iat": later["iat"] + 2})).ok


def aged(token: str) -> str:
    """The same token as if it had been issued ten minutes ago."""
    claims = claims_of(token)
    return unsigned({**claims, "iat": claims["iat"] - 600, "auth_time": claims["auth_time"] - 600})


def test_a_visitor_of_these_tests_proved_their_address(product: Product) -> None:
    person = visitor(product)
    assert address(product, person) == (person.email, True)


def test_the_first_calls_of_a_new_sign_in_may_come_at_once(product: Product) -> None:
    for _ in range(3):
        token = product.emulator.enter(f"quick{next(NAMES)}@test.qfacts.example")
        answers = at_once(product, *[lambda own, token=token: own.get("get_me", token) for _ in range(5)])
        assert [one.status for one in answers] == [200] * 5
        assert len({one["id"] for one in answers}) == 1
