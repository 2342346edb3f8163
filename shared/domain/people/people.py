"""People, their roles, and the groups that the tables of steps refer to (21 CFR 11.10(d), (g))."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from shared.domain.kernel import text
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.kernel.values import dataclass, replace
from shared.domain.kernel.workflow import Subject, Who


class Role(StrEnum):
    """The quality roles, each a step up from the one before; an inspector only reads."""

    OPERATOR = "operator"
    ACTION_OWNER = "action_owner"
    QA = "qa"
    INSPECTOR = "inspector"


class MemberStatus(StrEnum):
    """The status of a membership."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"


LANGUAGES = ("en", "nl", "fr")
# The mail that a person can unsubscribe from; all other mail is mandatory.
EARLY_REMINDERS, DOCUMENT_REVIEWS = OPTIONAL_MAIL = ("early_reminders", "document_reviews")
NOBODY = UUID(int=0)
Group = Who[Subject]  # for any subject

ADMIN: Group = Who(frozenset({"admin"}), "an admin of this organisation")
MEMBER: Group = Who(frozenset({"member"}), "a member of this organisation")
READERS: Group = Who(frozenset(Role), "a quality role")
STAFF: Group = Who(frozenset({Role.ACTION_OWNER, Role.QA, Role.INSPECTOR}), "an Action Owner, QA or an inspector")
VERIFIERS: Group = Who(STAFF.groups | ADMIN.groups, "an Action Owner, QA, an inspector or an admin")
ACTION_OWNERS: Group = Who(frozenset({Role.ACTION_OWNER, Role.QA}), "an Action Owner or QA")
QA: Group = Who(frozenset({Role.QA}), "QA")
SIGNERS: Group = Who(
    frozenset({Role.OPERATOR, Role.ACTION_OWNER, Role.QA}) | ADMIN.groups,
    "somebody who signs: an Operator, an Action Owner, QA or an admin",
)
AUDITORS: Group = Who(frozenset({Role.QA, Role.INSPECTOR, Role.ACTION_OWNER}), "an Action Owner, QA or an inspector")
ANYONE: Group = Who(frozenset({"person"}), "a signed-in person")


@dataclass(frozen=True)
class Person:
    """One person, who may be a member of several organisations. `email` and `name` are the contact data that an erasure removes.

    `email_proven` says that they showed to own the address; tokens issued until `not_before` count no more.
    """

    id: UUID
    identity_uid: str
    email: str
    name: str
    language: str
    time_zone: str
    created_at: datetime
    updated_at: datetime
    unsubscribed: tuple[str, ...] = ()
    email_proven: bool = False
    not_before: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class Member:
    """A person in an organisation: deactivated, never deleted (21 CFR 11.100(a))."""

    organisation_id: UUID
    person_id: UUID
    role: Role | None
    admin: bool
    status: str
    created_at: datetime
    updated_at: datetime
    role_until: date | None = None
    printed_name: str | None = None
    policy_accepted_at: datetime | None = None
    revision: int = 0

    @property
    def active(self) -> bool:
        """Whether the membership is active."""
        return self.status == MemberStatus.ACTIVE

    @property
    def groups(self) -> frozenset[str]:
        """The groups that this member belongs to, for the tables of steps."""
        if not self.active:
            return frozenset()
        return frozenset({"member"} | ({str(self.role)} if self.role else set()) | ({"admin"} if self.admin else set()))


@dataclass(frozen=True)
class SystemActor:
    """The system as an actor: a scheduled function, or a step that follows from another one."""

    person_id: UUID = NOBODY
    groups: frozenset[str] = frozenset({"system"})


SYSTEM_ACTOR = SystemActor()


def with_profile(
    person: Person,
    *,
    name: str | None,
    language: str | None,
    time_zone: str | None,
    unsubscribed: Sequence[str] | None = None,
    at: datetime,
) -> Person:
    """The person with an updated name, language, time zone or unsubscriptions; None leaves a field alone."""
    if language is not None and language not in LANGUAGES:
        raise Invalid("language", f"This must be one of: {', '.join(LANGUAGES)}.")
    if unknown := sorted(set(unsubscribed or ()) - set(OPTIONAL_MAIL)):
        raise Invalid("unsubscribed", f"{unknown[0]} is mandatory or unknown; you can unsubscribe from: {', '.join(OPTIONAL_MAIL)}.")
    return replace(
        person,
        name=person.name if name is None else text.check("name", name, text.NAME, lines=False),
        language=language or person.language,
        time_zone=person.time_zone if time_zone is None else checked_time_zone(time_zone),
        unsubscribed=person.unsubscribed if unsubscribed is None else tuple(sorted(set(unsubscribed))),
        updated_at=at,
    )


@cache
def time_zones() -> frozenset[str]:
    """The names of all IANA time zones; cached, because finding them opens some 600 files."""
    return frozenset(available_timezones())


def checked_time_zone(name: str) -> str:
    """An IANA time zone's name; raises Invalid naming `time_zone`."""
    if name not in time_zones():
        raise Invalid("time_zone", "This must be a time zone's name, such as Europe/Brussels.")
    return name


def accept_signing_policy(member: Member, person: Person, *, at: datetime) -> Member:
    """Bind the member to the accountability policy and fix their printed name (21 CFR 11.10(j), 11.50(a)(1))."""
    if member.policy_accepted_at is not None:
        raise Conflict("You have accepted the signing policy already.")
    if not text.visible(person.name):
        raise Conflict("Give your name first (update_me): it is printed beside each of your signatures.")
    return replace(member, printed_name=person.name, policy_accepted_at=at, updated_at=at)


def ready_to_sign(member: Member) -> str:
    """The printed name of a member who may sign; raises Conflict naming what is missing."""
    if member.policy_accepted_at is None or member.printed_name is None:
        raise Conflict(
            "Before you sign for the first time, give your name (update_me) and accept the signing policy (accept_signing_policy)."
        )
    return member.printed_name


def local_day(at: datetime, time_zone: str) -> date:
    """The calendar day of the moment `at` in `time_zone`."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def not_themselves(person_id: UUID, by: Member, what: str) -> None:
    """Raise Forbidden if `by` would decide about themselves (Annex 11 §12)."""
    if person_id == by.person_id:
        raise Forbidden(f"You can't {what} yourself; ask another admin.")
