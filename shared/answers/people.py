"""The shapes of people and organisations."""

from typing import Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.records import Named


class Membership(TypedDict):
    """One of a person's own organisations."""

    organisation: Named
    role: str | None
    admin: bool
    role_until: str | None
    printed_name: str | None
    policy_accepted_at: str | None


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
    """A member of the organisation."""

    id: str
    person_id: str
    email: str
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
    """Why an address isn't mailed any more."""

    reason: str
    at: str


class ListedMember(Member):
    """A member in the list; `mail_problem` is for admins."""

    mail_problem: MailProblem | None


class Team(TypedDict):
    """A team with its people."""

    id: str
    name: str
    members: list[Named]
    created_at: str
    updated_at: str
    etag: str


class Invitation(TypedDict):
    """An invitation; never its token."""

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


class ListedInvitation(Invitation):
    """An invitation in the list, with whether its mail can arrive."""

    mail_problem: MailProblem | None


class Erasure(TypedDict):
    """That a person was erased, on which basis, by whom."""

    id: str
    person_id: str
    basis: str
    erased_by: str
    signature_id: str
    created_at: str
    etag: str


class AnErasure(TypedDict):
    """The erasure made."""

    erasure: Erasure
