"""An invitation is seen before signing in by who holds its token, and is mailed again under another one."""

from __future__ import annotations

import pytest

from tests.builders import Company, as_superuser, company, invitation_token, mails, visitor
from tests.product import Answer, Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with QA."""
    return company(product, "qa")


def preview(product: Product, token: str) -> Answer:
    """What a token tells somebody who isn't signed in."""
    return product.send("get_invitation_preview", "GET", headers={}, query={"token": token})


def test_a_token_tells_who_invites_whom_to_what_before_signing_in(product: Product, firm: Company) -> None:
    guest = visitor(product)
    invited = firm.admin.post("invite_member", email=guest.email, role="qa", admin=True).ok["invitation"]
    told = preview(product, invitation_token(product, guest.email)).ok
    name = firm.admin.get("get_organisation").ok["name"]
    inviter = firm.admin.get("get_me").ok["name"]
    assert told.body == {
        "organisation": {"id": firm.id, "name": name},
        "invited_by": {"id": firm.admin.id, "name": inviter},
        "role": "qa",
        "admin": True,
        "role_in_words": "QA and admin",
        "role_until": None,
        "email": f"{guest.email[:2]}…@{guest.email.partition('@')[2]}",
        "expires_at": invited["expires_at"],
    }
    assert told.headers["Cache-Control"] == "no-store"


@pytest.mark.clause("11.10(d)")
def test_every_token_that_opens_nothing_is_refused_alike(product: Product, firm: Company) -> None:
    other = company(product)
    guest = visitor(product)
    revoked = firm.admin.post("invite_member", email=guest.email, role="operator").ok["invitation"]
    token = invitation_token(product, guest.email)
    firm.admin.post("revoke_invitation", invitation_id=revoked["id"]).ok
    used = invitation_token(product, firm.qa.email)
    secret = token.partition(".")[2]
    wrong = [token, used, f"{firm.id}.wrong", f"{other.id}.{secret}", f"{firm.id}.", secret, "nonsense", f"{firm.id}.{secret}x"]
    answers = [preview(product, one).refused(404, "isn't known, or was used or revoked") for one in wrong]
    assert len({str({**one.body, "request_id": ""}) for one in answers}) == 1


def test_an_expired_invitation_says_so_and_its_renewal_opens_again(product: Product, firm: Company) -> None:
    guest = visitor(product)
    invited = firm.admin.post("invite_member", email=guest.email, role="operator").ok["invitation"]
    token = invitation_token(product, guest.email)
    as_superuser(product, "update invitations set expires_at = now() - interval '1 day' where id = :id", firm.id, id=invited["id"])
    preview(product, token).refused(409, "has expired")
    renewed = firm.admin.post("resend_invitation", invitation_id=invited["id"]).ok["invitation"]
    assert (renewed["id"], renewed["status"], renewed["expires_at"] > invited["expires_at"]) == (invited["id"], "open", True)
    fresh = invitation_token(product, guest.email)
    assert fresh != token
    preview(product, token).refused(404)
    product.post("accept_invitation", guest.token, token=token).refused(404)
    assert preview(product, fresh).ok["role_in_words"] == "Operator"
    assert product.post("accept_invitation", guest.token, token=fresh).ok["member"]["role"] == "operator"
    assert [template for template, _ in mails(product, guest.email)].count("invitation") == 2


def test_only_an_open_invitation_is_mailed_again_and_a_bounce_is_forgotten(product: Product, firm: Company) -> None:
    guest = visitor(product)
    invited = firm.admin.post("invite_member", email=guest.email, role="operator").ok["invitation"]
    columns, values = "organisation_id, address_sha256, reason, event_id, at", ":o, address_digest(:email), 'bounce', :email, now()"
    bounce = f"insert into mail_suppressions ({columns}) values ({values})"
    as_superuser(product, bounce, firm.id, o=firm.id, email=guest.email)
    assert firm.admin.get("list_invitations").ok["items"][0]["mail_problem"] is not None
    firm.admin.post("resend_invitation", invitation_id=invited["id"]).ok
    assert firm.admin.get("list_invitations").ok["items"][0]["mail_problem"] is None
    firm.admin.post("revoke_invitation", invitation_id=invited["id"]).ok
    firm.admin.post("resend_invitation", invitation_id=invited["id"]).refused(409, "is revoked")
    trail = firm.qa.get("list_audit_trail", record_id=invited["id"]).ok["items"]
    assert {entry["step"] for entry in trail} == {"invite_member", "resend_invitation", "revoke_invitation"}


def test_whoever_looks_at_an_invitation_keeps_nobody_from_accepting_it(product: Product, firm: Company) -> None:
    guest = visitor(product)
    firm.admin.post("invite_member", email=guest.email, role="operator").ok
    token = invitation_token(product, guest.email)
    with product.asking() as connection:
        connection.run("begin")
        connection.run("select 1 from invitations where organisation_id = :o for update", o=firm.id)
        try:
            assert preview(product, token).status == 200
        finally:
            connection.run("rollback")
