"""The e-mail address of a person: it counts once its owner proved it, and a change of it is told (21 CFR 11.300)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.kernel.errors import Forbidden
from shared.domain.kernel.outcomes import Notice, Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import replace
from shared.domain.mail.mail import Mail
from shared.google.accounts import mark_verified
from shared.queries.directory import act_for, act_for_oneself, memberships
from shared.queries.organisations import admins, load_organisation

if TYPE_CHECKING:
    from shared.app.call import Call
    from shared.domain.people.invitations import Invitation


def adopt(call: Call) -> None:
    """Bring the caller's address in line with their sign-in's; a proven one is replaced by another proven one only."""
    identity, person = call.identity, call.person
    known = person.email.lower() == identity.email
    if not identity.email_verified and (known or person.email_proven):
        return
    if known and person.email_proven:
        return
    prove(call, identity.email, proven=identity.email_verified)


def prove(call: Call, email: str, *, proven: bool = True) -> None:
    """Give the caller this address, and tell the former one and the admins of their organisations if it was in use."""
    former = call.person
    call.person = replace(former, email=email, email_proven=proven, updated_at=call.now)
    call.save(call.person)
    call.person = replace(call.person, revision=former.revision + 1)
    if former.email_proven and former.email.lower() != email:
        _tell(call, former.email, email)


def prove_invited(call: Call, invitation: Invitation) -> None:
    """The caller holds the token that was mailed to the invited address, and signed in with that address: it is theirs."""
    if call.person.email_proven and call.person.email.lower() == invitation.email:
        return
    prove(call, invitation.email)
    act_for(call.tx, invitation.organisation_id)
    call.afterwards += (partial(mark_verified, call.identity.uid),)


def refuse_unproven(call: Call) -> None:
    """Raise Forbidden unless the address of the sign-in was proven, to the identity provider or by an invitation mailed to it."""
    own = call.person.email_proven and call.person.email.lower() == call.identity.email
    if not (own or call.identity.email_verified):
        raise Forbidden(
            Sentence(
                "address_not_proven",
                "Prove your e-mail address first: open the link in the mail that the sign-in page sends you, then sign in again.",
            )
        )


def _tell(call: Call, former: str, present: str) -> None:
    """Mail the former address, and the admins of each organisation that the person works for."""
    act_for_oneself(call.tx)
    for one in memberships(call.tx, call.person):
        organisation_id = UUID(one["organisation"]["id"])
        act_for(call.tx, organisation_id)
        organisation = load_organisation(call.tx, organisation_id)
        assert organisation is not None  # noqa: S101 - it is one of the person's own
        call.tx.enter(organisation)
        facts = {"person": call.person.name or former, "former": former, "present": present}
        told = tuple(admin for admin in admins(call.tx) if admin != call.person.id)
        mail = Mail(former, call.person.language, "address_changed", {**facts, "organisation": organisation.name})
        call.record(Outcome(notices=(Notice("member_address_changed", told, facts),)), mail)
    act_for_oneself(call.tx)
