"""A request as a step sees it: the caller, the transaction, and the way to write."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

from shared.answers.rows import etag
from shared.app.recording import Taker, record
from shared.domain.kernel import canonical
from shared.domain.kernel.errors import PreconditionRequired, Stale, Unauthenticated
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import replace
from shared.domain.kernel.workflow import Actor, Step, Subject, Workflow
from shared.domain.people import people
from shared.domain.people.invitations import unknown_invitation
from shared.domain.records.kinds import KINDS
from shared.domain.signing import signatures
from shared.domain.signing.signatures import Act, Signable, Signature, SignIn
from shared.outside import telemetry
from shared.queries.dossiers import signable_record
from shared.queries.organisations import admins_and_qa, load_invitation_by_secret, load_organisation
from shared.queries.signing import count_signing_failures, load_ceremony, wait_for_member

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from datetime import date, datetime
    from uuid import UUID

    from shared.app.run import Opening
    from shared.db.transaction import Transaction
    from shared.domain.mail.mail import Mail
    from shared.domain.people.invitations import Invitation
    from shared.domain.people.organisations import Organisation
    from shared.domain.people.people import Member, Person
    from shared.domain.records.dossiers import Dossier
    from shared.google.identity import Identity

Row = TypeVar("Row")
S = TypeVar("S", bound=Subject)


def _nowhere() -> AbstractContextManager[Transaction]:
    """A call that was made by no door has no other transaction."""
    raise NotImplementedError


@dataclasses.dataclass
class Call:
    """What a step gets: the caller, their membership, the organisation, the database's time and the transaction."""

    tx: Transaction
    function: str
    identity: Identity
    request_id: str
    if_match: str | None = None
    prepared: object = None
    owed: tuple[object, ...] = ()
    again: Opening = _nowhere  # begins another transaction of this caller, who is looked up anew
    afterwards: tuple[Callable[[], None], ...] = ()  # run once the step has committed; a failure is logged, and undoes nothing
    arguments: Mapping[str, object] = dataclasses.field(default_factory=dict)  # as the request gave them
    _person: Person | None = None
    _member: Member | None = None

    def enter(self, person: Person, member: Member, organisation: Organisation) -> None:
        """Set the caller, their membership and the organisation of this call."""
        self._person, self._member = person, member
        self.tx.enter(organisation)

    @property
    def now(self) -> datetime:
        """The transaction's start time by the database's clock, UTC; no other clock is trusted (21 CFR 11.10(e))."""
        return self.tx.now

    @property
    def today(self) -> date:
        """The organisation's calendar day."""
        return self.tx.today

    @property
    def person(self) -> Person:
        """Who calls."""
        assert self._person is not None  # noqa: S101 - the door loads it before the step runs
        return self._person

    @person.setter
    def person(self, person: Person) -> None:
        self._person = person

    @property
    def member(self) -> Member:
        """Who calls, as a member of the organisation."""
        assert self._member is not None  # noqa: S101 - the door loads it before the step runs
        return self._member

    @property
    def organisation(self) -> Organisation:
        """The organisation that the call is for."""
        return self.tx.organisation

    def refuse_ended_sign_in(self) -> None:
        """Raise Unauthenticated for a token issued before the person's sign-ins were ended (21 CFR 11.300)."""
        if self.person.not_before is not None and self.identity.issued_at <= self.person.not_before:
            raise Unauthenticated(Sentence("sign_in_ended", "This sign-in has been ended. Sign in again."))

    def match(self, row: Row) -> Row:
        """The row, if If-Match names its newest revision; raises PreconditionRequired without If-Match, Stale for an old one.

        Stale tells who changed the row, and when.
        """
        current = etag(row.revision)  # type: ignore[attr-defined]  # every row has a revision
        if self.if_match is None:
            raise PreconditionRequired(
                Sentence("if_match_missing", "Send If-Match with the etag of what you read, so that nobody's work is overwritten.")
            )
        if self.if_match != current:
            from shared.queries.writers import last_writer

            sentence = Sentence("changed_meanwhile", "This was changed after you read it. Read it again, then decide again.")
            raise Stale(sentence, etag=current, **last_writer(self.tx, row))
        return row

    def match_if_sent(self, row: Row) -> Row:
        """Like `match`, for steps that don't require If-Match."""
        return row if self.if_match is None else self.match(row)

    @property
    def name(self) -> str:
        """The caller's name as others see it."""
        return (self._member.printed_name if self._member else None) or people.shown_name(self.person)

    def entering(self, organisation_id: UUID, secret_sha256: str, *, hold: bool = True) -> tuple[Invitation, Organisation]:
        """The invitation with this secret, and its organisation; raises the same NotFound for every wrong token."""
        invitation = load_invitation_by_secret(self.tx, secret_sha256, hold=hold)
        organisation = load_organisation(self.tx, organisation_id)
        if invitation is None or organisation is None:
            raise unknown_invitation()
        self.tx.enter(organisation)
        return invitation, organisation

    def record(self, outcome: Outcome, *mails: Mail) -> None:
        """Write a step's outcome: its rows, the system's steps that follow, and its mail."""
        taker = Taker(f"person:{self.person.id}", self.function)
        record(self.tx, replace(outcome, saves=(*self.owed, *outcome.saves)), mails, taker=taker)
        self.owed = ()

    def save(self, *rows: object) -> None:
        """Save rows."""
        self.record(Outcome(saves=rows))

    @property
    def sign_in(self) -> SignIn:
        """How and when the caller signed in."""
        return SignIn(self.identity.auth_time, self.identity.method)

    def sign(
        self,
        challenge_id: UUID,
        step: tuple[Workflow[S], str],
        subject: S,
        signable: Signable,
        reason: str | None = None,
        on_behalf_of: UUID | None = None,
    ) -> Signature:
        """Sign `signable` as the step of the table requires, using up the challenge of this act.

        The caller's relation and the status are checked first, then the challenge and the fresh sign-in. The used challenge is saved
        with the step's next record; a step that signs and records nothing fails.
        """
        workflow, name = step
        row = workflow.permit(name, subject, self.actor)
        assert row.meaning is not None  # noqa: S101 - tests/house: every signed step has one
        given, failures, spent_on = load_ceremony(self.tx, challenge_id, self.person.id, self.sign_in)
        used, signature = signatures.sign(
            given,
            Act(row.meaning, signable, self.told(row), on_behalf_of),
            by=self.member,
            sign_in=self.sign_in,
            spent_on=spent_on,
            time_zone=self.person.time_zone,
            failures=failures,
            at=self.now,
            reason=reason,
        )
        self.owed += (used,)
        return signature

    def told(self, row: Step[Any]) -> dict[str, object]:
        """What this request tells the step beside its subject, in its one written form."""
        given = {name: value for name, value in self.arguments.items() if row.told.says(name, value)}
        return row.told.check("arguments", canonical.plain(given))

    def sign_record(self, challenge_id: UUID, found: Dossier, step: str, reason: str | None = None) -> Signature:
        """Sign a step on a record: the version that it is about, or the working content as the step makes it."""
        kind = KINDS[found.record.kind]
        subject = kind.subject(found, step)
        row = kind.workflow.permit(step, subject, self.actor)
        return self.sign(challenge_id, (kind.workflow, step), subject, signable_record(self.tx, found, step, self.told(row)), reason)

    @property
    def actor(self) -> Actor:
        """The caller, for the tables of steps."""
        return self.member


def record_failure(call: Call, cause: str) -> None:
    """Record a failed signing, and alert when it locks signing (21 CFR 11.300(d)); runs in a new transaction after the rollback."""
    from shared.domain.kernel import ids
    from shared.domain.kernel.outcomes import Notice

    failure = signatures.SigningFailure(
        organisation_id=call.organisation.id, id=ids.new(call.now), person_id=call.person.id, cause=cause, created_at=call.now
    )
    notices: tuple[Notice, ...] = ()
    wait_for_member(call.tx, call.person.id)  # so that concurrent failures are counted one after the other
    if count_signing_failures(call.tx, call.person.id) + 1 == signatures.LOCK_AFTER:
        told = admins_and_qa(call.tx)
        facts = {"person": call.name, "failures": str(signatures.LOCK_AFTER)}
        notices = (Notice("signing_locked", told, facts),)
        telemetry.log("WARNING", "signing locked", organisation_id=str(call.organisation.id), request_id=call.request_id)
    call.record(Outcome(saves=(failure,), notices=notices))
