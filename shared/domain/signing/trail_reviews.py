"""The periodic review of the audit trail: QA signs the period and the finding (Annex 11 §9)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from shared.domain.kernel import canonical, ids, text
from shared.domain.kernel.arguments import Arguments, DayOrMoment
from shared.domain.kernel.content import Content, Text
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass
from shared.domain.kernel.workflow import SAME, Gate, Phase, Step, Workflow
from shared.domain.people.organisations import Organisation
from shared.domain.people.people import QA, Member
from shared.domain.signing.signatures import Signable, Signature

KIND = "audit_trail"
KEPT = "kept"
LONGEST = text.REASON - 100  # the signature's reason holds the period too


@dataclass(frozen=True)
class Trail:
    """An organisation's audit trail, as the subject of a step."""

    status: str = KEPT


REVIEWED = Arguments("from", "to", "finding", finding=Text(LONGEST), to=DayOrMoment(), **{"from": DayOrMoment()})
# The audit trail has one status, which a review doesn't change.
WORKFLOW = Workflow[Trail](
    KIND, "audit trail", {KEPT: Phase.OPEN}, Step("review", (KEPT,), SAME, QA, Gate.SIGNED, "review_audit_trail", "reviewed", told=REVIEWED)
)


@dataclass(frozen=True)
class Period:
    """The period of a review, both ends included."""

    from_at: datetime
    to_at: datetime


@dataclass(frozen=True)
class Review:
    """One review: its period, its finding, the number of entries in the period, and its signature."""

    organisation_id: UUID
    id: UUID
    from_at: datetime
    to_at: datetime
    finding: str
    entries: int
    reviewed_by: UUID
    signature_id: UUID
    created_at: datetime
    revision: int = 0


def signable(organisation_id: UUID, told: Content) -> Signable:
    """What the signature covers: the organisation's audit trail, the period and the finding."""
    content = {"organisation_id": organisation_id, "audit_trail": True, **told}
    return Signable(KIND, organisation_id, canonical.sha256(content), content=content)


def period(organisation: Organisation, from_: date, to: date, *, at: datetime) -> Period:
    """The period from one moment or day to another; a day counts whole, today until now.

    Raises Invalid if it ends before it begins, or in the future.
    """
    begin, end = organisation.moment(from_), organisation.moment(to, end=True)
    if not isinstance(to, datetime) and to == organisation.today(at):
        end = at
    if end < begin:
        raise Invalid(
            "to", Sentence("period_ends_before_it_begins", "The period ends before it begins; give a later end or an earlier beginning.")
        )
    if end > at:
        raise Invalid("to", Sentence("period_not_over", "Nobody can review what hasn't happened yet; end the period today at the latest."))
    return Period(begin.astimezone(UTC), end.astimezone(UTC))


def reason(of: Period, finding: str) -> str:
    """The signature's reason: the period and the finding."""
    return f"{canonical.plain(of.from_at)} to {canonical.plain(of.to_at)}: {checked(finding)}"


def checked(finding: str) -> str:
    """The finding, which is required even if nothing was found."""
    return text.check("finding", finding, LONGEST)


def review(of: Period, finding: str, entries: int, signature: Signature, *, by: Member, at: datetime) -> Review:
    """The review with its signature."""
    return Review(
        organisation_id=by.organisation_id,
        id=ids.new(at),
        from_at=of.from_at,
        to_at=of.to_at,
        finding=checked(finding),
        entries=entries,
        reviewed_by=by.person_id,
        signature_id=signature.id,
        created_at=at,
    )
