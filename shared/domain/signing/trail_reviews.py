"""The review of the audit trail: QA reads it from time to time, says what was found and signs that (Annex 11 §9)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from shared.domain.kernel import canonical, ids, text
from shared.domain.kernel.errors import Invalid
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
    """The audit trail of an organisation, as what a step looks at."""

    status: str = KEPT


# A trail has no life of its own: it is kept, and whoever reviews it leaves it as it is.
WORKFLOW = Workflow[Trail](
    KIND, "audit trail", {KEPT: Phase.OPEN}, Step("review", (KEPT,), SAME, QA, Gate.SIGNED, "review_audit_trail", "reviewed")
)


@dataclass(frozen=True)
class Period:
    """The time that a review is about, both ends included."""

    from_at: datetime
    to_at: datetime


@dataclass(frozen=True)
class Review:
    """One review: of which time, what was found, how many entries that time holds, and the signature under it."""

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


def signable(organisation_id: UUID) -> Signable:
    """What the signature is under: the organisation's trail; the period and the finding are bound as its reason."""
    content = {"organisation_id": organisation_id, "audit_trail": True}
    return Signable(KIND, organisation_id, canonical.sha256(content), content=content)


def period(organisation: Organisation, from_: date, to: date, *, at: datetime) -> Period:
    """The time from one moment to another; a day counts whole, today until now.

    Raises Invalid where it ends before it begins, or later than now.
    """
    begin, end = organisation.moment(from_), organisation.moment(to, end=True)
    if not isinstance(to, datetime) and to == organisation.today(at):
        end = at
    if end < begin:
        raise Invalid("to", "The period ends before it begins; give a later end or an earlier beginning.")
    if end > at:
        raise Invalid("to", "Nobody can review what hasn't happened yet; end the period today at the latest.")
    return Period(begin.astimezone(UTC), end.astimezone(UTC))


def reason(of: Period, finding: str) -> str:
    """What the signature binds besides the trail: the period and the finding."""
    return f"{canonical.plain(of.from_at)} to {canonical.plain(of.to_at)}: {checked(finding)}"


def checked(finding: str) -> str:
    """The finding, which says at least that there was none."""
    return text.check("finding", finding, LONGEST)


def review(of: Period, finding: str, entries: int, signature: Signature, *, by: Member, at: datetime) -> Review:
    """The review that a signature is under."""
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
