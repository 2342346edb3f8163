"""SendGrid's events through the function's own door: signed, each counted once, shown to the admins concerned, and heeded."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from infra.local.inbox import Inbox
from shared.app import outbox
from shared.domain.kernel import ids
from shared.outside import config
from tests import sendgrid
from tests.builders import Company, as_superuser, company
from tests.outside.mailers import inbox, mailer
from tests.product import Answer, Product

__all__ = ["inbox", "mailer"]

Tell = Callable[..., Answer]


@pytest.fixture
def tell(product: Product, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Deliver events as SendGrid does."""
    monkeypatch.setenv("QFACTS_MAIL_EVENTS_KEY", sendgrid.PUBLIC)
    config.current.cache_clear()

    def deliver(*events: object, body: bytes | None = None, **headers: str) -> Answer:
        body = json.dumps(events).encode() if body is None else body
        return product.send("receive_mail_events", "POST", headers=sendgrid.signed(body, **headers), data=body)

    yield deliver
    config.current.cache_clear()


def event(email: str, kind: str = "bounce", **more: object) -> dict[str, object]:
    return {"sg_event_id": uuid4().hex, "email": email, "event": kind, "timestamp": int(time.time()), "reason": "550 unknown", **more}


def problem(firm: Company, email: str) -> Any:
    """What an admin sees of a member's address."""
    [found] = [one for one in firm.admin.get("list_members", limit=100).ok["items"] if one["email"] == email]
    return found["mail_problem"] and found["mail_problem"]["reason"]


def owed(product: Product, firm: Company, to: str, status: str = "queued") -> str:
    """An organisation's mail to an address; its id."""
    made = str(ids.new(datetime.now(UTC)))
    facts = json.dumps({"number": "CHG-1", "title": "Cleaning", "organisation": "O", "change_id": "7"})
    columns = "id, organisation_id, to_email, language, template, facts, status"
    sql = f"insert into mails ({columns}) values (:id, :firm, :to, 'en', 'change_approved', :facts::jsonb, :status)"
    as_superuser(product, sql, id=made, firm=firm.id, to=to, facts=facts, status=status)
    return made


def state(product: Product, mail_id: str) -> list[Any]:
    return list(as_superuser(product, "select status, cause from mails where id = :id", id=mail_id)[0])


@pytest.mark.parametrize(
    ("kind", "more", "reason"),
    [
        ("bounce", {"type": "bounce"}, "bounce"),
        ("dropped", {"reason": "Bounced Address"}, "dropped"),
        ("spamreport", {}, "spam_complaint"),
        ("unsubscribe", {}, "unsubscribed"),
        ("group_unsubscribe", {}, "unsubscribed"),
        ("bounce", {"type": "blocked"}, None),
        ("dropped", {"reason": "Spam Content"}, None),
        ("deferred", {}, None),
        ("delivered", {}, None),
        ("open", {}, None),
        ("of next year", {}, None),
    ],
)
def test_what_says_that_an_address_is_no_good_is_shown_to_its_admins_only(
    product: Product, tell: Tell, kind: str, more: dict[str, object], reason: str | None
) -> None:
    firm, other = company(product, "operator"), company(product, "operator")
    about = owed(product, firm, firm.operator.email, "sent")
    assert tell(event(firm.operator.email.upper(), kind, mail_id=about, **more)).ok["suppressed"] == (reason is not None)
    assert problem(firm, firm.operator.email) == reason
    assert problem(other, other.operator.email) is None
    listed = firm.operator.get("list_members").ok["items"]
    assert [one["mail_problem"] for one in listed] == [None, None], "members who aren't admins don't see it"


def test_a_bounce_is_noted_on_its_mail_and_the_address_is_not_mailed_again(
    product: Product, tell: Tell, mailer: str, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = company(product, "operator", "qa")
    as_superuser(product, "update mails set status = 'sent'")
    sent, waiting, fine = (
        owed(product, firm, firm.operator.email, "sent"),
        owed(product, firm, firm.operator.email.title()),
        owed(product, firm, firm.qa.email),
    )
    bounced = event(firm.operator.email, mail_id=sent)
    assert tell(bounced).ok.body == {"events": 1, "suppressed": 1, "undelivered": 1}
    assert tell(bounced).ok.body == {"events": 1, "suppressed": 0, "undelivered": 0}, "delivered twice, it changes nothing"
    tell(event(firm.operator.email, "delivered", mail_id=sent)).ok
    assert state(product, sent) == ["bounced", "bounce: 550 unknown"]
    assert outbox.deliver() == {"sent": 1, "later": 0, "given_up": 1}
    assert state(product, waiting) == ["failed", "This address isn't mailed any more: bounce."]
    assert state(product, fine) == ["sent", None]
    assert [one["to"] for one in inbox.messages()] == [firm.qa.email]
    assert problem(firm, firm.operator.email) == "bounce", "a later delivery lifts nothing"


def test_inviting_anew_lifts_a_bounce_and_no_complaint(product: Product, tell: Tell) -> None:
    firm = company(product)
    for kind, left in (("bounce", None), ("spamreport", "spam_complaint")):
        email = f"{kind}@invited.qfacts.example"
        first = firm.admin.post("invite_member", email=email, role="operator").ok["invitation"]
        tell(event(email, kind, mail_id=owed(product, firm, email, "sent"))).ok
        [shown] = [one for one in firm.admin.get("list_invitations").ok["items"] if one["email"] == email]
        assert shown["mail_problem"]["reason"] in {"bounce", "spam_complaint"}
        firm.admin.post("revoke_invitation", invitation_id=first["id"]).ok
        firm.admin.post("invite_member", email=email, role="operator").ok
        again = [one["mail_problem"] for one in firm.admin.get("list_invitations").ok["items"] if one["email"] == email]
        assert [one and one["reason"] for one in again] == [left, left]


def test_no_admin_lifts_or_reads_what_is_said_of_strangers(product: Product, tell: Tell) -> None:
    firm, other = company(product, "operator"), company(product)
    tell(event(firm.operator.email, mail_id=owed(product, firm, firm.operator.email, "sent"))).ok
    from shared.db import database

    settings = {"app.organisation_id": other.id, "app.actor": "person:x", "app.step": "test"}
    with database.current().transaction(role="qfacts_application", settings=settings) as tx:
        assert tx.rows("select 1 as seen from mail_suppressions") == []
        assert tx.rows("update mail_suppressions set lifted_at = now() returning 1 as lifted") == []
    assert problem(firm, firm.operator.email) == "bounce"


def test_what_one_organisations_mail_meets_stops_no_other_organisations_mail(
    product: Product, tell: Tell, mailer: str, inbox: Inbox
) -> None:
    """A stranger may invite anybody's address; whoever complains about that goes on hearing from their own organisation."""
    firm, stranger = company(product, "operator"), company(product)
    as_superuser(product, "update mails set status = 'sent'")
    email = firm.operator.email
    stranger.admin.post("invite_member", email=email, role="operator").ok
    [[invited]] = as_superuser(product, "select id from mails where organisation_id = :id and to_email = :to", id=stranger.id, to=email)
    as_superuser(product, "update mails set status = 'sent' where id = :id", id=invited)
    for kind in ("spamreport", "bounce", "unsubscribe"):
        tell(event(email, kind, mail_id=str(invited))).ok
    [seen] = stranger.admin.get("list_invitations").ok["items"]
    assert seen["mail_problem"] is not None
    assert problem(firm, email) is None, "its own admins aren't told what a stranger's mail met"
    theirs, ours = owed(product, stranger, email), owed(product, firm, email)
    assert outbox.deliver() == {"sent": 1, "later": 0, "given_up": 1}
    assert state(product, theirs)[0] == "failed"
    assert state(product, ours) == ["sent", None]


def test_what_an_organisation_lifts_is_lifted_for_it_alone(product: Product, tell: Tell) -> None:
    one, other = company(product, "operator"), company(product, "operator")
    email = "shared@mailbox.qfacts.example"
    for firm in (one, other):
        firm.admin.post("invite_member", email=email, role="operator").ok
        tell(event(email, mail_id=owed(product, firm, email, "sent"))).ok
    one.admin.post("invite_member", email=email, role="operator").ok
    shown = [[each["mail_problem"] for each in firm.admin.get("list_invitations", status="open").ok["items"]] for firm in (one, other)]
    assert [[bool(each) for each in of] for of in shown] == [[False], [True]]


def test_what_is_said_of_a_mail_that_nobody_sent_stops_nobody(product: Product, tell: Tell, mailer: str, inbox: Inbox) -> None:
    firm = company(product, "operator")
    as_superuser(product, "update mails set status = 'sent'")
    tell(event("nobody@was.mailed.example"), event(firm.operator.email, mail_id=str(uuid4()))).ok
    assert problem(firm, firm.operator.email) is None
    owed(product, firm, firm.operator.email)
    assert outbox.deliver() == {"sent": 1, "later": 0, "given_up": 0}


def test_an_event_that_names_no_mail_is_about_the_last_one_to_its_address(product: Product, tell: Tell) -> None:
    firm, other = company(product, "operator"), company(product, "operator")
    owed(product, other, firm.operator.email, "sent")
    owed(product, firm, firm.operator.email.title(), "sent")
    tell(event(firm.operator.email)).ok
    assert problem(firm, firm.operator.email) == "bounce"
    other.admin.post("invite_member", email=firm.operator.email, role="operator").ok
    assert [one["mail_problem"] for one in other.admin.get("list_invitations", status="open").ok["items"]] == [None]


def test_what_isnt_signed_by_sendgrid_or_not_set_up_gets_nowhere(product: Product, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    firm = company(product, "operator")
    other = base64.b64encode(ec.generate_private_key(ec.SECP256R1()).sign(b"x", ec.ECDSA(SHA256()))).decode()
    tell(event(firm.operator.email), Signature=other).refused(401, "signed")
    tell(event(firm.operator.email), Timestamp=str(int(time.time()) + 1)).refused(401, "signed")
    tell(event(firm.operator.email), Signature="").refused(401)
    product.send("receive_mail_events", "POST", headers={}, data=b"[]").refused(401)
    monkeypatch.setenv("QFACTS_MAIL_EVENTS_KEY", "")
    config.current.cache_clear()
    tell(event(firm.operator.email)).refused(401, "set up")
    assert problem(firm, firm.operator.email) is None


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"null", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_list_of_events_is_refused(tell: Tell, body: bytes) -> None:
    tell(body=body).refused(422)


def test_events_that_make_no_sense_stop_no_other(product: Product, tell: Tell) -> None:
    firm = company(product, "operator")
    nonsense: list[Any] = [
        None,
        1,
        "x",
        [],
        {},
        {"event": "bounce"},
        event(""),
        event("a@b.example", sg_event_id=""),
        event("a@b.example", sg_event_id=7),
        {**event("c@b.example"), "reason": {"a": 1}},
        {**event("\x00\ud800d@b.example"), "timestamp": "late", "mail_id": "no id"},
        {**event("e@b.example"), "timestamp": 10**30, "mail_id": str(uuid4()), "reason": "x" * 100_000},
    ]
    about = owed(product, firm, firm.operator.email, "sent")
    counts = tell(*nonsense, event(firm.operator.email, mail_id=about)).ok
    assert counts["suppressed"] >= 1
    assert problem(firm, firm.operator.email) == "bounce"
