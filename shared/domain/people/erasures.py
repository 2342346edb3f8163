"""The erasure of a person (GDPR 17): contact data are removed, printed names in signatures stay, the legal basis is recorded.

One organisation must not learn of memberships in another. So from its erasure on, the organisation sees no contact data; they are deleted
once the person's last membership has ended.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shared.domain.kernel import canonical, ids, text
from shared.domain.kernel.arguments import Arguments
from shared.domain.kernel.content import Content, Text
from shared.domain.kernel.errors import Conflict
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass
from shared.domain.kernel.workflow import SAME, Gate, Phase, Step, Workflow
from shared.domain.people.organisations import Organisation
from shared.domain.people.people import ADMIN, Member, MemberStatus
from shared.domain.signing.signatures import Signable, Signature

KIND = "person"
BASIS = Arguments("basis", basis=Text(text.REASON))
WORKFLOW = Workflow[Member](
    KIND,
    "person",
    {MemberStatus.DEACTIVATED: Phase.OPEN},
    Step("erase", (MemberStatus.DEACTIVATED,), SAME, ADMIN, Gate.SIGNED, "erase_person", "erased", told=BASIS),
)


@dataclass(frozen=True)
class Erasure:
    """One erasure: the person, the legal basis, who erased them, and the signature."""

    organisation_id: UUID
    id: UUID
    person_id: UUID
    basis: str
    erased_by: UUID
    signature_id: UUID
    created_at: datetime
    revision: int = 0


def signable(member: Member, told: Content) -> Signable:
    """What the signature covers: the person's membership and the legal basis."""
    content = {"organisation_id": member.organisation_id, "person_id": member.person_id, **told}
    return Signable(KIND, member.person_id, canonical.sha256(content), content=content)


def refuse_erasure(organisation: Organisation, former: Erasure | None) -> None:
    """Raise Conflict under legal hold, which overrides erasure (GDPR 17(3)(e)), and if the person was erased before."""
    if organisation.setting("legal_hold"):
        raise Conflict(
            Sentence(
                "legal_hold", "This organisation is under legal hold, so nothing is erased. Lift the hold first (update_organisation)."
            )
        )
    if former is not None:
        raise Conflict(Sentence("erased_already", "This person was erased already."))


def erase(member: Member, basis: str, signature: Signature, *, by: Member, at: datetime) -> Erasure:
    """The erasure with its signature."""
    checked = text.check("basis", basis, text.REASON)
    return Erasure(
        organisation_id=member.organisation_id,
        id=ids.new(at),
        person_id=member.person_id,
        basis=checked,
        erased_by=by.person_id,
        signature_id=signature.id,
        created_at=at,
    )
