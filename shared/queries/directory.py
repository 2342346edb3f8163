"""A person outside any organisation: their own row and their own memberships, through a database role that sees no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.answers.parts import Membership
from shared.answers.rows import as_answers
from shared.db.rows import read, save
from shared.db.sql import sql
from shared.domain.kernel import ids
from shared.domain.kernel.errors import Conflict, Contention
from shared.domain.kernel.values import replace
from shared.domain.people.people import Person
from shared.queries.names import utc_time

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db.transaction import Transaction
    from shared.google.identity import Identity

OWN_MEMBERSHIPS = sql("own_memberships", accepted_at=utc_time("m.policy_accepted_at"))


def own_person(tx: Transaction, identity: Identity) -> Person:
    """The person of this identity, made at the first visit, and now the transaction's actor; the address is as it was."""
    row = tx.row("select to_jsonb(p) as person from people p where p.identity_uid = :uid", uid=identity.uid)
    if row is not None:
        person = read(Person, row.person)
        tx.set(**{"app.person_id": person.id, "app.actor": f"person:{person.id}"})
        return person
    person = Person(
        ids.new(tx.now), identity.uid, identity.email, "", "en", "Etc/UTC", tx.now, tx.now, email_proven=identity.email_verified
    )
    tx.set(**{"app.person_id": person.id, "app.actor": f"person:{person.id}"})
    try:
        save(tx, [person])
    except Conflict as taken:
        raise Contention(taken.sentence) from None  # another first call of theirs was quicker: this one finds what that one made
    row = tx.row("select to_jsonb(p) as person from people p where p.identity_uid = :uid", uid=identity.uid)
    assert row is not None  # noqa: S101 - it was just written
    return read(Person, row.person)


def memberships(tx: Transaction, person: Person) -> list[Membership]:
    """A person's own active memberships, with the organisations' names."""
    row = tx.row(OWN_MEMBERSHIPS, person=person.id)
    return as_answers(Membership, row.memberships if row else None)


def act_for(tx: Transaction, organisation_id: object) -> None:
    """Go on in the same transaction as the application, for one organisation: founding it, or entering it by invitation."""
    tx.set(**{"role": "qfacts_application", "app.organisation_id": organisation_id})


def act_for_oneself(tx: Transaction) -> None:
    """Go on in the same transaction as the person themselves, for no organisation."""
    tx.set(**{"role": "qfacts_directory", "app.organisation_id": None})


def end_sign_ins(tx: Transaction, uid: str, issued_at: datetime) -> None:
    """Let no token of this account count that was issued until now: the provider ended the sign-in of one issued at `issued_at`."""
    row = tx.row("select to_jsonb(p) as person from people p where p.identity_uid = :uid", uid=uid)
    if row is None:
        return
    person = read(Person, row.person)
    if person.not_before is not None and issued_at <= person.not_before:
        return
    tx.set(**{"app.person_id": person.id, "app.actor": f"person:{person.id}"})
    save(tx, [replace(person, not_before=tx.now, updated_at=tx.now)])
