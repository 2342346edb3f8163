"""People, their roles, and the groups that the tables of steps refer to (21 CFR 11.10(d), (g))."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files as packaged
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.domain.kernel import text
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.kernel.outcomes import Notice, Outcome
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import OMITTED, dataclass, replace, stated
from shared.domain.kernel.workflow import Subject, Who
from shared.domain.people import names


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


ROLE_WORDS = {Role.OPERATOR: "Operator", Role.ACTION_OWNER: "Action Owner", Role.QA: "QA", Role.INSPECTOR: "inspector"}
LANGUAGES = ("en", "nl", "fr")
# The mail that a person can unsubscribe from; all other mail is mandatory.
EARLY_REMINDERS, DOCUMENT_REVIEWS = OPTIONAL_MAIL = ("early_reminders", "document_reviews")
NOBODY = UUID(int=0)
Group = Who[Subject]  # for any subject

ADMIN: Group = Who(frozenset({"admin"}), "an admin of this organisation")
MEMBER: Group = Who(frozenset({"member"}), "a member of this organisation")
READERS: Group = Who(frozenset(Role), "a quality role")
READERS_AND_ADMINS: Group = Who(READERS.groups | ADMIN.groups, "a quality role, or an admin of this organisation")
STAFF: Group = Who(frozenset({Role.ACTION_OWNER, Role.QA, Role.INSPECTOR}), "an Action Owner, QA or an inspector")
VERIFIERS: Group = Who(STAFF.groups | ADMIN.groups, "an Action Owner, QA, an inspector or an admin")
ACTION_OWNERS: Group = Who(frozenset({Role.ACTION_OWNER, Role.QA}), "an Action Owner or QA")
QA: Group = Who(frozenset({Role.QA}), "QA")
SIGNERS: Group = Who(
    frozenset({Role.OPERATOR, Role.ACTION_OWNER, Role.QA}) | ADMIN.groups,
    "somebody who signs: an Operator, an Action Owner, QA or an admin",
)
AUDITORS: Group = Who(frozenset({Role.QA, Role.INSPECTOR, Role.ACTION_OWNER}), "an Action Owner, QA or an inspector")
VISITORS: Group = Who(frozenset({"visitor"}), "anybody, without a sign-in")
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
    former_names: tuple[str, ...] = ()  # printed names of before, which stand beside signatures
    in_digest: tuple[str, ...] = ()  # what waits, by the row of its table, of which they are told in their digest only
    not_told: tuple[str, ...] = ()  # and of which they aren't told
    revision: int = 0

    @property
    def active(self) -> bool:
        """Whether the membership is active."""
        return self.status == MemberStatus.ACTIVE

    @property
    def groups(self) -> frozenset[str]:
        """The groups that this member belongs to, for the tables of steps."""
        return groups_of(self.role, admin=self.admin) if self.active else frozenset()


@dataclass(frozen=True)
class SystemActor:
    """The system as an actor: a scheduled function, or a step that follows from another one."""

    person_id: UUID = NOBODY
    groups: frozenset[str] = frozenset({"system"})


SYSTEM_ACTOR = SystemActor()


def groups_of(role: Role | None, *, admin: bool) -> frozenset[str]:
    """The groups of an active membership."""
    return frozenset({"member"} | ({str(role)} if role else set()) | ({"admin"} if admin else set()))


def with_profile(
    person: Person,
    *,
    name: str = OMITTED,
    language: str = OMITTED,
    time_zone: str = OMITTED,
    unsubscribed: Sequence[str] | None = OMITTED,
    at: datetime,
) -> Person:
    """The person with an updated name, language, time zone or unsubscriptions; what is left out stays."""
    if unknown := sorted(set(stated(unsubscribed) or ()) - set(OPTIONAL_MAIL)):
        raise Invalid(
            "unsubscribed",
            Sentence(
                "mail_not_optional",
                "{mail} is mandatory or unknown; you can unsubscribe from: {optional}.",
                mail=unknown[0],
                optional=OPTIONAL_MAIL,
            ),
        )
    return replace(
        person,
        name=person.name if name is OMITTED else names.checked("name", name),
        language=person.language if language is OMITTED else spoken_language(language),
        time_zone=person.time_zone if time_zone is OMITTED else checked_time_zone(time_zone),
        unsubscribed=person.unsubscribed if unsubscribed is OMITTED else tuple(sorted(set(unsubscribed or ()))),
        updated_at=at,
    )


def spoken_language(given: str) -> str:
    """One of the product's languages; raises Invalid for another."""
    if given not in LANGUAGES:
        raise Invalid("language", Sentence("not_among", "This must be one of: {words}.", words=LANGUAGES))
    return given


@cache
def time_zones() -> frozenset[str]:
    """The names of all IANA time zones, as the database's own list has them; a machine may know fewer, or some of its own."""
    return frozenset(packaged("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def role_in_words(role: Role | None, *, admin: bool) -> str:
    """What somebody is in an organisation: "QA", "Operator and admin"."""
    return " and ".join([*([ROLE_WORDS[role]] if role else []), *(["admin"] if admin else [])]) or "member"


def shown_name(person: Person) -> str:
    """How somebody without a printed name is named to others: never by their address. `queries/names.py` says the same in SQL."""
    return person.name or f"unnamed {str(person.id)[-4:]}"


def checked_time_zone(name: str) -> str:
    """An IANA time zone's name; raises Invalid naming `time_zone`."""
    if name not in time_zones():
        raise Invalid("time_zone", Sentence("time_zone_name", "This must be a time zone's name, such as Europe/Brussels."))
    return name


def accept_signing_policy(member: Member, person: Person, others: Iterable[str] = (), *, at: datetime) -> Member:
    """Bind the member to the accountability policy and fix their printed name (21 CFR 11.10(j), 11.50(a)(1)).

    `others` are the printed names of the organisation's other members; raises Conflict for a name that looks like one of them.
    """
    if member.policy_accepted_at is not None:
        raise Conflict(Sentence("policy_accepted_already", "You have accepted the signing policy already."))
    if not text.visible(person.name):
        raise Conflict(Sentence("name_needed_first", "Give your name first (update_me): it is printed beside each of your signatures."))
    try:
        name = names.checked("name", person.name)
    except Invalid as fault:
        raise Conflict(
            Sentence(
                "name_not_printable", "Your name can't be printed beside a signature. {cause} Change it (update_me).", cause=fault.sentence
            )
        ) from None
    names.refuse_look_alike(name, others)
    return replace(member, printed_name=name, policy_accepted_at=at, updated_at=at)


def change_printed_name(member: Member, given: str, others: Iterable[str], *, by: Member, at: datetime) -> Member:
    """Another printed name for the signatures to come; those that stand keep the former one (21 CFR 11.70).

    Raises Conflict where there is nothing to change, or for a name that looks like one of the `others`.
    """
    not_themselves(member.person_id, by, "change the printed name of")
    if not member.active:
        raise Conflict(
            Sentence("former_member_keeps_name", "This member is deactivated; their signatures keep the name that they were printed with.")
        )
    if member.printed_name is None:
        raise Conflict(
            Sentence("no_printed_name_yet", "This member has no printed name yet: it is fixed when they accept the signing policy.")
        )
    name = names.checked("printed_name", given)
    if name == member.printed_name:
        raise Conflict(Sentence("same_printed_name", "This is their printed name already."))
    names.refuse_look_alike(name, others)
    return replace(member, printed_name=name, former_names=(*member.former_names, member.printed_name), updated_at=at)


def printed_name_changed(before: Member, after: Member, granter: str, reason: str) -> Outcome:
    """Save the membership, and tell the member whose name it is."""
    facts = {"granter": granter, "former": str(before.printed_name), "name": str(after.printed_name), "reason": reason}
    return Outcome(saves=(after,), notices=(Notice("printed_name_changed", (after.person_id,), facts),))


def without_taken_name(member: Member, others: Iterable[str]) -> Member:
    """The member who comes back, without a printed name if somebody took it meanwhile; they accept the signing policy anew."""
    if member.printed_name is None or not any(names.alike(member.printed_name, other) for other in others):
        return member
    return replace(member, printed_name=None, policy_accepted_at=None)


def ready_to_sign(member: Member) -> str:
    """The printed name of a member who may sign; raises Conflict naming what is missing."""
    if member.policy_accepted_at is None or member.printed_name is None:
        raise Conflict(
            Sentence(
                "not_ready_to_sign",
                "Before you sign for the first time, give your name (update_me) and accept the signing policy (accept_signing_policy).",
            )
        )
    return member.printed_name


def local_day(at: datetime, time_zone: str) -> date:
    """The calendar day of the moment `at` in `time_zone`."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def not_themselves(person_id: UUID, by: Member, what: str) -> None:
    """Raise Forbidden if `by` would decide about themselves (Annex 11 §12)."""
    if person_id == by.person_id:
        raise Forbidden(Sentence("not_oneself", "You can't {what} yourself; ask another admin.", what=Term(what)))
