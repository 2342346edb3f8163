"""Reminders and the events of mail on the whole stack: read in /mail, in three languages, once."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from infra.local import keys
from infra.local.guest import Guest
from infra.local.http_call import call
from tests.journeys.firm import Firm
from tests.stack import Stack

AWAKE = "Etc/UTC" if 8 <= datetime.now(UTC).hour < 22 else "Asia/Tokyo"
SUBJECTS = {"nl": "Herinneringen bij Third company: 1", "fr": "Rappels chez Third company : 1", "en": "Reminders at Third company: 1"}
IN_THREE_DAYS = {"nl": "over 3 dagen", "fr": "dans 3 jours", "en": "in 3 days"}


@pytest.fixture(scope="module")
def firm(stack: Stack) -> Firm:
    """Three people who read in three languages and owe a training in three days, where it is a working morning."""
    made = Firm(stack, "Third company")
    made.admin.post("update_organisation", time_zone=AWAKE, weekend=[])
    for who, language in readers(made):
        who.post("update_me", language=language)
    draft = made.owner.post("create_training", title="Gowning", content={"description": "How to gown"})
    made.approve(made.owner.post("submit_change", change_id=draft["change"]["id"], etag=draft["change"]["etag"])["approval_request"])
    training = made.owner.get("get_training", id=draft["record"]["id"])
    people = [who.get("get_me")["id"] for who, _ in readers(made)]
    due_on = datetime.now(ZoneInfo(AWAKE)).date() + timedelta(days=3)
    made.qa.post("assign_training", training_id=training["id"], person_ids=people, due_on=str(due_on), etag=training["etag"])
    return made


def readers(firm: Firm) -> list[tuple[Guest, str]]:
    return [(firm.operator, "nl"), (firm.owner, "fr"), (firm.qa, "en")]


def digests(who: Guest) -> list[dict[str, Any]]:
    """The digests in somebody's inbox."""
    return [message for message in who.mail() if message["subject"] in SUBJECTS.values()]


def test_reminders_arrive_in_three_languages_and_nothing_the_second_time(stack: Stack, firm: Firm) -> None:
    assert json.loads(stack.run_job("send_reminders"))["mails"] >= 3
    until = time.monotonic() + 15
    while not all(digests(who) for who, _ in readers(firm)) and time.monotonic() < until:
        time.sleep(0.3)
    for who, language in readers(firm):
        [message] = digests(who)
        assert message["subject"] == SUBJECTS[language]
        for part in (message["text"], message["html"]):
            assert IN_THREE_DAYS[language] in part
            assert "Gowning" in part
        assert any("/assignments/" in link for link in message["links"])
    for _ in range(2):
        assert json.loads(stack.run_job("send_reminders"))["mails"] == 0
    time.sleep(5)
    assert [len(digests(who)) for who, _ in readers(firm)] == [1, 1, 1]


def test_a_bounce_signed_by_this_machines_key_is_shown_to_the_admin(stack: Stack, firm: Firm) -> None:
    key = load_pem_private_key(keys.mail_events_key(stack.place).read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    body, stamp = (
        json.dumps([{"sg_event_id": uuid4().hex, "email": firm.operator.email, "event": "bounce"}]).encode(),
        str(int(time.time())),
    )
    signature = base64.b64encode(key.sign(stamp.encode() + body, ec.ECDSA(SHA256()))).decode()
    names = {"Signature": signature, "Timestamp": stamp}
    headers = {f"X-Twilio-Email-Event-Webhook-{name}": value for name, value in names.items()}
    answer = call("POST", f"{stack.origin}/api/receive_mail_events", headers=headers, body=body)
    assert (answer.status, answer.json) == (200, {"events": 1, "suppressed": 1, "undelivered": 0})
    shown = {one["email"]: one["mail_problem"] for one in firm.admin.get("list_members", limit=100)["items"]}
    assert shown[firm.operator.email]["reason"] == "bounce"
    assert shown[firm.owner.email] is None
