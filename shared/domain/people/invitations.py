"""Invitations: a mailed token with which one person joins an organisation, once (Annex 11 §12)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.domain.kernel import ids, text
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from shared.domain.kernel.outcomes import Notice, Outcome
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import dataclass, replace
from shared.domain.kernel.workflow import SAME, Phase, Step, Workflow
from shared.domain.people.organisations import Organisation, TeamMember, role_end
from shared.domain.people.people import ADMIN, ANYONE, Member, MemberStatus, Person, Role

INVITATION_DAYS = 7
SECRET_BYTES = 32


class InvitationStatus(StrEnum):
    """The status of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Invitation:
    """An invitation that one e-mail address can use once within seven days; only the hash of its secret is stored."""

    organisation_id: UUID
    id: UUID
    email: str
    role: Role | None
    admin: bool
    team_ids: tuple[UUID, ...]
    role_until: date | None
    secret_sha256: str | None  # None once it is purged
    status: str
    expires_at: datetime
    invited_by: UUID
    created_at: datetime
    updated_at: datetime
    accepted_by: UUID | None = None
    revision: int = 0


WORKFLOW = Workflow[Invitation](
    "invitation",
    "invitation",
    {InvitationStatus.OPEN: Phase.OPEN, InvitationStatus.ACCEPTED: Phase.DONE, InvitationStatus.REVOKED: Phase.ENDED},
    Step("renew", (InvitationStatus.OPEN,), SAME, ADMIN, function="resend_invitation"),
    Step("accept", (InvitationStatus.OPEN,), InvitationStatus.ACCEPTED, ANYONE, function="accept_invitation"),
    Step("revoke", (InvitationStatus.OPEN,), InvitationStatus.REVOKED, ADMIN, function="revoke_invitation"),
)
# A member whom mail doesn't reach: who invites the address says that it is good after all, and else the member leaves.
MAILBOXES = Workflow[Member](
    "member",
    "member",
    {MemberStatus.ACTIVE: Phase.IN_FORCE, MemberStatus.DEACTIVATED: Phase.ENDED},
    Step("mend", (MemberStatus.ACTIVE,), SAME, ADMIN, function="invite_member"),
    Step("deactivate", (MemberStatus.ACTIVE,), MemberStatus.DEACTIVATED, ADMIN, function="deactivate_member"),
)


def address(field_name: str, given: str) -> str:
    """The e-mail address in lower case; raises Invalid if it isn't formed like one (RFC 5321 §4.5.3.1: at most 254 characters)."""
    email = text.check(field_name, given, 254, lines=False).lower()
    local, _, host = email.rpartition("@")
    misread = any(mark in ' ,;<>()[]\\"' or not text.visible(mark) for mark in email) or "@" in local
    if misread or not 0 < len(local) <= 64 or "." not in host or not all(host.split(".")):
        raise Invalid(field_name, Sentence("address_form", "This must be an e-mail address, such as name@company.example."))
    return email


def invite(
    organisation: Organisation,
    *,
    email: str,
    role: Role | None,
    admin: bool,
    team_ids: Sequence[UUID],
    role_until: date | None,
    by: Member,
    at: datetime,
) -> tuple[Invitation, str]:
    """An invitation and the token that goes into its mail, `<organisation>.<secret>` with 256 random bits."""
    until = role_end(role, admin, role_until, organisation.today(at))
    if role is None and not admin:
        raise Invalid("role", Sentence("role_or_admin", "Give a role, or make this person an admin."))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    invitation = Invitation(
        organisation_id=organisation.id,
        id=ids.new(at),
        email=address("email", email),
        role=role,
        admin=admin,
        team_ids=tuple(dict.fromkeys(team_ids)),
        role_until=until,
        secret_sha256=digest(secret),
        status=InvitationStatus.OPEN,
        expires_at=at + timedelta(days=INVITATION_DAYS),
        invited_by=by.person_id,
        created_at=at,
        updated_at=at,
    )
    return invitation, f"{organisation.id}.{secret}"


def renew(invitation: Invitation, organisation: Organisation, *, at: datetime) -> tuple[Invitation, str]:
    """The open invitation for seven more days under a new token, which goes into another mail; the former token opens nothing more."""
    if invitation.status != InvitationStatus.OPEN:
        raise Conflict(
            Sentence(
                "invitation_not_open_to_mail",
                "This invitation is {status}; only an open one can be mailed again.",
                status=Term(invitation.status),
            ),
            status=invitation.status,
        )
    if invitation.role_until is not None and invitation.role_until < organisation.today(at):
        raise Conflict(
            Sentence("invited_role_ended", "The role of this invitation has ended. Invite the person anew."), status=invitation.status
        )
    secret = secrets.token_urlsafe(SECRET_BYTES)
    expires_at = at + timedelta(days=INVITATION_DAYS)
    renewed = replace(invitation, secret_sha256=digest(secret), expires_at=expires_at, updated_at=at)
    return renewed, f"{organisation.id}.{secret}"


def digest(secret: str) -> str:
    """The hash of a secret, which is all that is stored of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def read_token(token: str) -> tuple[UUID, str]:
    """The organisation and the hash of the secret in a token; raises NotFound for a malformed token."""
    organisation, _, secret = token.partition(".")
    try:
        return UUID(organisation), digest(secret)
    except ValueError:
        raise unknown_invitation() from None


def unknown_invitation() -> NotFound:
    """The same refusal for a token that is wrong, used or revoked."""
    return NotFound(Sentence("unknown_invitation", "This invitation isn't known, or was used or revoked. Ask the admin for a new one."))


def granted(invitation: Invitation, told: Sequence[UUID], granter: str, replaced: Sequence[Invitation] = ()) -> Outcome:
    """Save the invitation and the revoked ones that it replaced; inviting somebody as QA notifies every QA member and admin."""
    notice = Notice("role_granted", tuple(told), {"granter": granter, "person": shortened(invitation.email)})
    return Outcome(saves=(*replaced, invitation), notices=(notice,) if invitation.role is Role.QA else ())


def shortened(email: str) -> str:
    """An address as it may be told to people who aren't admins: enough to recognise who is meant, not enough to write to them."""
    local, _, host = email.rpartition("@")
    return f"{local[: min(2, len(local) - 1)]}…@{host}"


def revoke(invitation: Invitation, *, at: datetime) -> Invitation:
    """Revoke an open invitation."""
    if invitation.status != InvitationStatus.OPEN:
        raise Conflict(
            Sentence(
                "invitation_not_open_to_revoke",
                "This invitation is {status}; only an open one can be revoked.",
                status=Term(invitation.status),
            ),
            status=invitation.status,
        )
    return replace(invitation, status=InvitationStatus.REVOKED, updated_at=at)


def refuse_over(invitation: Invitation, *, at: datetime) -> None:
    """Raise NotFound for an invitation that was used or revoked, Conflict for one that has expired."""
    if invitation.status != InvitationStatus.OPEN:
        raise unknown_invitation()
    if invitation.expires_at <= at:
        raise Conflict(Sentence("invitation_expired", "This invitation has expired. Ask the admin for a new one."))


def accept(
    invitation: Invitation, person: Person, member: Member | None, closed: Sequence[UUID] = (), *, signed_in_as: str, at: datetime
) -> tuple[Invitation, Member, tuple[TeamMember, ...]]:
    """Accept the invitation: the token proves the mailbox, and the signed-in address must be the invited one.

    Teams that were `closed` meanwhile are left out.
    """
    refuse_over(invitation, at=at)
    if signed_in_as != invitation.email:
        raise Forbidden(
            Sentence(
                "invitation_for_another_address",
                "This invitation is for another e-mail address. Sign in with the address that it was mailed to.",
            )
        )
    if member is not None and member.active:
        raise Conflict(Sentence("member_already", "You are a member of this organisation already."))
    base = member or Member(
        organisation_id=invitation.organisation_id,
        person_id=person.id,
        role=None,
        admin=False,
        status=MemberStatus.ACTIVE,
        created_at=at,
        updated_at=at,
    )
    joined = replace(
        base, role=invitation.role, admin=invitation.admin, role_until=invitation.role_until, status=MemberStatus.ACTIVE, updated_at=at
    )
    used = replace(invitation, status=InvitationStatus.ACCEPTED, accepted_by=person.id, updated_at=at)
    teams = [team for team in invitation.team_ids if team not in closed]
    return used, joined, tuple(TeamMember(joined.organisation_id, team, person.id, at) for team in teams)
