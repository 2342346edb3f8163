"""Organisations, teams and memberships: who has access, in which role, and how it ends (Annex 11 §12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.domain.kernel import ids, text
from shared.domain.kernel.content import LAST_YEAR, Content
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.outcomes import Notice, Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass, replace
from shared.domain.people import people
from shared.domain.people.people import Member, MemberStatus, Person, Role

INSPECTION_DAYS = 90  # an inspector's access if no date is given
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

DEFAULTS: Mapping[str, object] = {
    "approval_policy": {},
    "approval_days": 30,
    "signing_policy": "My electronic signature binds me like my handwritten one. I keep my password to myself.",
    "open_comments_block": False,
    "weekend": WEEK[-2:],
    "holidays": [],
    "retention_years": {},
    "legal_hold": False,
}


@dataclass(frozen=True)
class Organisation:
    """A customer of QFacts; no organisation sees another's records."""

    id: UUID
    name: str
    time_zone: str
    language: str
    created_at: datetime
    updated_at: datetime
    settings: Content = field(default_factory=dict)
    revision: int = 0

    def setting(self, name: str) -> object:
        """The value of a setting, or its default."""
        return self.settings.get(name, DEFAULTS[name])

    def today(self, at: datetime) -> date:
        """The organisation's calendar day at the moment `at`."""
        return people.local_day(at, self.time_zone)

    def moment(self, given: date | datetime, *, end: bool = False) -> datetime:
        """The moment that `given` means in the organisation's time zone; a date means its start, or its `end`."""
        if not isinstance(given, datetime):
            given = datetime.combine(given, time.max if end else time.min)
        return given if given.tzinfo else given.replace(tzinfo=ZoneInfo(self.time_zone))


@dataclass(frozen=True)
class Team:
    """A group of people that owns records and is an audience of trainings; it doesn't restrict access."""

    organisation_id: UUID
    id: UUID
    name: str
    created_at: datetime
    updated_at: datetime
    lead_id: UUID | None = None
    closed_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class TeamMember:
    """One person in one team."""

    organisation_id: UUID
    team_id: UUID
    person_id: UUID
    created_at: datetime
    revision: int = 0


def create(name: str, person: Person, *, at: datetime) -> tuple[Organisation, Member]:
    """A new organisation and its first admin, who has no quality role."""
    organisation = Organisation(
        id=ids.new(at),
        name=text.check("name", name, text.NAME, lines=False),
        time_zone=person.time_zone,
        language=person.language,
        created_at=at,
        updated_at=at,
    )
    return organisation, Member(
        organisation_id=organisation.id,
        person_id=person.id,
        role=None,
        admin=True,
        status=MemberStatus.ACTIVE,
        created_at=at,
        updated_at=at,
    )


def role_changed(before: Member, after: Member, told: Sequence[UUID], granter: str, person: str) -> Outcome:
    """Save the membership; granting QA notifies every QA member and admin."""
    fresh = after.role is Role.QA and before.role is not Role.QA
    notice = Notice("role_granted", tuple(told), {"granter": granter, "person": person})
    return Outcome(saves=(after,), notices=(notice,) if fresh else ())


def set_role(
    member: Member, *, role: Role | None, admin: bool, role_until: date | None, admins: int, today: date, by: Member, at: datetime
) -> Member:
    """Change a member's role. `admins` counts the active admins; the last one must stay admin."""
    people.not_themselves(member.person_id, by, "change the role of")
    if not member.active:
        raise Conflict(Sentence("invite_again", "This member is deactivated; invite the person again."))
    until = role_end(role, admin, role_until, today)
    _keep_an_admin(member, admin, admins)
    return replace(member, role=role, admin=admin, role_until=until, updated_at=at)


def deactivate(member: Member, successor: Member | None, *, has_work: bool, admins: int, by: Member, at: datetime) -> Member:
    """Deactivate a member at once (21 CFR 11.300(b)); open work needs a successor who may own it."""
    people.not_themselves(member.person_id, by, "deactivate")
    if not member.active:
        raise Conflict(Sentence("deactivated_already", "This member is deactivated already."))
    _keep_an_admin(member, still=False, admins=admins)
    if successor is None and has_work:
        raise Invalid("successor_id", Sentence("successor_needed", "This member has open work; name the successor who takes it over."))
    if successor is not None:
        if successor.person_id == member.person_id or not successor.active:
            raise Invalid("successor_id", Sentence("successor_must_be_active", "The successor must be another, active member."))
        if has_work and not people.ACTION_OWNERS.admits(successor):
            raise Invalid(
                "successor_id", Sentence("successor_must_own", "The successor takes over open work and must be an Action Owner or QA.")
            )
    return replace(member, status=MemberStatus.DEACTIVATED, updated_at=at)


def role_end(role: Role | None, admin: bool, given: date | None, today: date) -> date | None:  # noqa: FBT001 - as in a member
    """The last day of a role; an inspector's role always has one."""
    if admin and role is Role.INSPECTOR:
        raise Invalid("admin", Sentence("inspector_only_reads", "An inspector only reads; make somebody else an admin."))
    if admin and given is not None:
        raise Invalid("role_until", Sentence("admin_without_end", "An admin stays one until another admin says otherwise; give no day."))
    if given is not None and given < today:
        raise Invalid("role_until", Sentence("day_passed", "This day has passed."))
    if given is not None and given.year > LAST_YEAR:
        raise Invalid("role_until", Sentence("day_after_last_year", "This day is after {last_year}.", last_year=LAST_YEAR))
    return today + timedelta(days=INSPECTION_DAYS) if role is Role.INSPECTOR and given is None else given


def _keep_an_admin(member: Member, still: bool, admins: int) -> None:  # noqa: FBT001 - the question's own word
    if member.admin and not still and admins <= 1:
        raise Conflict(Sentence("last_admin", "This is the last admin; make somebody else an admin first."))
