"""Challenges, signing failures and the mail that is owed, in the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from shared.db.rows import Part, read_all
from shared.db.sql import sql
from shared.domain.kernel import canonical, ids
from shared.domain.signing.signatures import LOCK_AFTER, LOCK_MINUTES, Challenge, SignIn

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from shared.db.transaction import Transaction
    from shared.domain.kernel.outcomes import Notice
    from shared.domain.mail.mail import Mail


FAILURES = "select count(*) from signing_failures f where f.person_id = :person and f.created_at > now() - make_interval(mins => :window)"
LOCKED = """
select f.created_at + make_interval(mins => :window) as until
from signing_failures f where f.person_id = :person and f.created_at > now() - make_interval(mins => :window)
order by f.created_at desc offset :before limit 1
"""
LETTERS, NOTICED = sql("letters"), sql("noticed")
CEREMONY = sql("ceremony", failures=FAILURES)


def load_ceremony(tx: Transaction, ceremony_id: UUID, person_id: UUID, sign_in: SignIn) -> tuple[tuple[Challenge, ...], int, UUID | None]:
    """The challenges of a ceremony, locked until this transaction ends, so that each is used once.

    Also how often the person failed of late, and the ceremony for which their sign-in is used up: this one, unless another one came first.
    """
    row = tx.row(CEREMONY, id=ceremony_id, person=person_id, auth_time=sign_in.auth_time, window=LOCK_MINUTES)
    return read_all(Challenge, row.challenges), int(row.failures), row.spent_on


def load_challenges(tx: Transaction, ceremony_id: UUID) -> tuple[Challenge, ...]:
    """The challenges of a ceremony, for reading; nothing is used up."""
    rows = tx.rows("select to_jsonb(c) as challenge from challenges c where c.ceremony_id = :id order by c.id", id=ceremony_id)
    return read_all(Challenge, [row.challenge for row in rows])


def count_signing_failures(tx: Transaction, person_id: UUID) -> int:
    """How many signings of a person failed within the window that locks."""
    return int(tx.row(f"select ({FAILURES}) as failures", person=person_id, window=LOCK_MINUTES).failures)


def locked_until(tx: Transaction, person_id: UUID) -> datetime | None:
    """Until when a person's failures lock signing; None where they don't."""
    row = tx.row(LOCKED, person=person_id, window=LOCK_MINUTES, before=LOCK_AFTER - 1)
    return row.until if row is not None else None


def wait_for_member(tx: Transaction, person_id: UUID) -> None:
    """Wait until no other transaction writes about this membership, and keep others waiting until this one ends."""
    tx.row("select 1 as kept from members m where m.person_id = :person for update", person=person_id)


def letters(tx: Transaction, notices: Iterable[Notice], mails: Iterable[Mail], at: datetime) -> list[Part]:
    """What puts mail in the outbox, in the statement that saves: it goes only if the transaction commits.

    Active members get it in their own language, as they are before that statement: a membership that begins or ends is saved first.
    """
    noticed: list[dict[str, object]] = [
        {"person_id": str(person), "template": notice.template, "facts": {**notice.facts, "organisation": tx.organisation.name}}
        for notice in notices
        for person in notice.person_ids
    ]
    rows = noticed + [
        {"to_email": mail.to_email, "language": mail.language, "template": mail.template, "facts": canonical.plain(mail.facts)}
        for mail in mails
    ]
    parts = [Part(LETTERS, json.dumps([{"id": str(ids.new(at)), **row} for row in rows]))] if rows else []
    return [*parts, *([Part(NOTICED, json.dumps(noticed))] if noticed else [])]
