"""The outbox, through the real SendGrid client into the inbox of one machine: nothing lost, nothing twice, nothing kept that was said."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest

from infra.local.inbox import Inbox
from shared.app import outbox
from shared.db import database as module
from shared.db.database import Database
from tests.app.outbox import queue
from tests.outside.mailers import INVITATION, configure, inbox, mailer

__all__ = ["inbox", "mailer"]


@pytest.fixture(autouse=True)
def here(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_current", database)


def rows(superuser: Any) -> list[Any]:
    return list(superuser.run("select to_email, status, attempts, facts, next_attempt_at > now() from mails order by to_email"))


def received(inbox: Inbox, address: str) -> int:
    from werkzeug.test import Client

    return len(Client(inbox).get("/messages", query_string={"to": address}).get_json())


def test_what_waits_is_sent_once_and_forgotten(mailer: str, inbox: Inbox, superuser: Any) -> None:
    queue(superuser, "ann@test.qfacts.example", "ben@test.qfacts.example")
    assert outbox.deliver() == {"sent": 2, "later": 0, "given_up": 0}
    assert outbox.deliver() == {"sent": 0, "later": 0, "given_up": 0}
    assert [row[:4] for row in rows(superuser)] == [["ann@test.qfacts.example", "sent", 1, {}], ["ben@test.qfacts.example", "sent", 1, {}]]
    assert received(inbox, "ann@test.qfacts.example") == 1


def test_many_deliverers_at_once_send_each_mail_once(mailer: str, inbox: Inbox, superuser: Any) -> None:
    addresses = [f"person{number}@test.qfacts.example" for number in range(30)]
    queue(superuser, *addresses)
    threads = [threading.Thread(target=outbox.deliver) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [received(inbox, address) for address in addresses] == [1] * 30


def test_what_cant_be_sent_now_waits_longer_each_time_and_keeps_its_words(
    mailer: str, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, "http://127.0.0.1:9/mail")  # nobody listens there
    queue(superuser, "ann@test.qfacts.example")
    assert outbox.deliver() == {"sent": 0, "later": 1, "given_up": 0}
    assert rows(superuser) == [["ann@test.qfacts.example", "queued", 1, INVITATION, True]]
    assert outbox.deliver()["later"] == 0, "it isn't tried again before its time"
    configure(monkeypatch, mailer)
    superuser.run("update mails set next_attempt_at = now()")
    assert outbox.deliver()["sent"] == 1


def test_after_eight_attempts_a_mail_is_given_up(mailer: str, superuser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, "http://127.0.0.1:9/mail")
    queue(superuser, "ann@test.qfacts.example")
    for _ in range(outbox.ATTEMPTS):
        superuser.run("update mails set next_attempt_at = now()")
        last = outbox.deliver()
    assert last == {"sent": 0, "later": 0, "given_up": 1}
    assert rows(superuser)[0][1:4] == ["failed", 8, {}]


def test_a_mail_that_can_never_be_written_holds_up_no_other(mailer: str, superuser: Any) -> None:
    queue(superuser, "ann@test.qfacts.example", facts={"only": "this"})
    queue(superuser, "ben@test.qfacts.example")
    assert outbox.deliver() == {"sent": 1, "later": 0, "given_up": 1}


def test_a_deliverer_that_died_leaves_its_mail_to_the_next_after_the_lease(mailer: str, inbox: Inbox, superuser: Any) -> None:
    queue(superuser, "ann@test.qfacts.example")
    assert len(outbox._claim()) == 1  # and here the process dies
    assert outbox.deliver()["sent"] == 0
    superuser.run("update mails set next_attempt_at = now() - interval '1 second'")
    assert outbox.deliver()["sent"] == 1
    assert received(inbox, "ann@test.qfacts.example") == 1


def test_one_organisations_many_mails_dont_delay_anothers(
    mailer: str, inbox: Inbox, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisations = [uuid4() for _ in range(3)]
    superuser.run("set session_replication_role = replica")
    for organisation in organisations:
        superuser.run("insert into organisations (id, name, time_zone, language) values (:id, 'Firm', 'UTC', 'en')", id=organisation)
    superuser.run("set session_replication_role = origin")
    hostile, good, other = organisations
    queue(superuser, *[f"stranger{number}@test.qfacts.example" for number in range(200)])
    superuser.run("update mails set organisation_id = :id, next_attempt_at = now() - interval '1 hour'", id=hostile)
    queue(superuser, "good@test.qfacts.example", "good2@test.qfacts.example", "other@test.qfacts.example", "nobody@test.qfacts.example")
    superuser.run("update mails set organisation_id = :id where to_email like 'good%'", id=good)
    superuser.run("update mails set organisation_id = :id where to_email like 'other%'", id=other)
    first = [row.to_email for row in sorted(outbox._claim(), key=lambda one: (one.turn, one.id))]
    assert {"good@test.qfacts.example", "other@test.qfacts.example", "nobody@test.qfacts.example"} < set(first[:4])
    assert "good2@test.qfacts.example" in first[:6]
    assert len(first) == outbox.BATCH
    superuser.run("update mails set next_attempt_at = now() where attempts = 1")
    assert outbox.deliver() == {"sent": 204, "later": 0, "given_up": 0}
