"""Answers about people and organisations: members, teams, invitations and erasures."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import Membership, Named
from shared.answers.rows import as_answers, etag, written
from shared.domain.people import invitations, organisations, people

if TYPE_CHECKING:
    from shared.domain.people import erasures


class Person(TypedDict):
    """The signed-in person."""

    id: str
    email: str
    name: str
    language: str
    time_zone: str
    unsubscribed: list[str]
    created_at: str
    updated_at: str
    etag: str
    memberships: list[Membership]


class Organisation(TypedDict):
    """An organisation with its settings."""

    id: str
    name: str
    time_zone: str
    language: str
    settings: dict[str, Any]
    created_at: str
    updated_at: str
    etag: str


class Member(TypedDict):
    """A member of the organisation; `email` is for admins and the member alone, and null for others."""

    id: str
    person_id: str
    email: str | None
    name: str
    role: str | None
    admin: bool
    status: str
    role_until: str | None
    printed_name: str | None
    policy_accepted_at: str | None
    teams: list[Named]
    created_at: str
    updated_at: str
    etag: str


class MailProblem(TypedDict):
    """Why mail to an address stopped."""

    reason: str
    at: str


class ListedMember(Member):
    """A member in the list; `mail_problem` is for admins."""

    mail_problem: MailProblem | None


class Team(TypedDict):
    """A team with its people."""

    id: str
    name: str
    lead: Named | None
    members: list[Named]
    closed_at: str | None
    created_at: str
    updated_at: str
    etag: str


class Invitation(TypedDict):
    """An invitation without its token."""

    id: str
    email: str
    role: str | None
    admin: bool
    team_ids: list[str]
    role_until: str | None
    status: str
    expires_at: str
    invited_by: str
    accepted_by: str | None
    created_at: str
    updated_at: str
    etag: str


class InvitationPreview(TypedDict):
    """What an invitation's token tells before signing in; `email` is shortened, because the token alone proves no mailbox."""

    organisation: Named
    invited_by: Named
    role: str | None
    admin: bool
    role_in_words: str
    role_until: str | None
    email: str
    expires_at: str


class Erasure(TypedDict):
    """An erasure: the person, the legal basis and who erased them."""

    id: str
    person_id: str
    basis: str
    erased_by: str
    signature_id: str
    created_at: str
    etag: str


class AnErasure(TypedDict):
    """The new erasure."""

    erasure: Erasure


class AMe(TypedDict):
    """The person after the step."""

    person: Person


class AnOrganisation(TypedDict):
    """The organisation after the step."""

    organisation: Organisation


class AMember(TypedDict):
    """The member after the step."""

    member: Member


class ATeam(TypedDict):
    """The team after the step."""

    team: Team


class AnInvitation(TypedDict):
    """The invitation after the step."""

    invitation: Invitation


class Joined(TypedDict):
    """The joined organisation and the new membership."""

    organisation: Organisation
    member: Member


def person(row: people.Person, memberships: list[Membership]) -> Person:
    """The signed-in person with their memberships."""
    return {
        "id": str(row.id),
        "email": row.email,
        "name": row.name,
        "language": row.language,
        "time_zone": row.time_zone,
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
        "unsubscribed": list(row.unsubscribed),
        "etag": etag(row.revision),
        "memberships": memberships,
    }


def organisation(row: organisations.Organisation) -> Organisation:
    """An organisation with every setting, the defaults included."""
    return {
        "id": str(row.id),
        "name": row.name,
        "time_zone": row.time_zone,
        "language": row.language,
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
        "settings": {name: row.setting(name) for name in organisations.DEFAULTS},
        "etag": etag(row.revision),
    }


def member(row: people.Member, details: Mapping[str, Any]) -> Member:
    """A member; `details` holds the person's name, e-mail address and teams."""
    return {
        "person_id": str(row.person_id),
        "role": row.role,
        "admin": row.admin,
        "status": row.status,
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
        "role_until": written(row.role_until),
        "printed_name": row.printed_name,
        "policy_accepted_at": written(row.policy_accepted_at),
        "etag": etag(row.revision),
        "id": str(row.person_id),
        "email": details["email"],
        "name": details["name"],
        "teams": as_answers(Named, details["teams"]),
    }


def team(row: organisations.Team, lead: Named | None, members: list[Named]) -> Team:
    """A team with its lead and its people."""
    return {
        "id": str(row.id),
        "name": row.name,
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
        "etag": etag(row.revision),
        "lead": lead,
        "members": members,
        "closed_at": written(row.closed_at),
    }


def preview(row: invitations.Invitation, by: organisations.Organisation, inviter: str) -> InvitationPreview:
    """What an invitation's token tells before signing in."""
    return {
        "organisation": {"id": str(by.id), "name": by.name},
        "invited_by": {"id": str(row.invited_by), "name": inviter},
        "role": row.role,
        "admin": row.admin,
        "role_in_words": people.role_in_words(row.role, admin=row.admin),
        "role_until": written(row.role_until),
        "email": invitations.shortened(row.email),
        "expires_at": written(row.expires_at),
    }


def invitation(row: invitations.Invitation) -> Invitation:
    """An invitation without its token."""
    return {
        "id": str(row.id),
        "email": row.email,
        "role": row.role,
        "admin": row.admin,
        "team_ids": [str(one) for one in row.team_ids],
        "role_until": written(row.role_until),
        "status": row.status,
        "expires_at": written(row.expires_at),
        "invited_by": str(row.invited_by),
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
        "accepted_by": written(row.accepted_by),
        "etag": etag(row.revision),
    }


def erasure(row: "erasures.Erasure") -> Erasure:
    """An erasure."""
    return {
        "id": str(row.id),
        "person_id": str(row.person_id),
        "basis": row.basis,
        "erased_by": str(row.erased_by),
        "signature_id": str(row.signature_id),
        "created_at": written(row.created_at),
        "etag": etag(row.revision),
    }
