"""The owners that a change plans, and whether they may still own work: a role can end between planning and approval."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.kernel.sentences import Sentence
from shared.domain.records.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.domain.changes.proposals import Proposal


def owners(proposal: Proposal) -> Mapping[str, UUID]:
    """The planned owner of each follow-up, new plan action and reassigned record, by its number."""
    found = {f"{proposal.change.number}/F{place}": UUID(str(row["owner_id"])) for place, row in enumerate(proposal.change.follow_ups, 1)}
    for item in proposal.items:
        dossier, of = proposal.dossiers[item.record_id], KINDS[item.kind]
        if item.owner_id is not None:
            found[dossier.record.number] = item.owner_id
        if of.workflow[item.step].version:
            base = dossier.current.content if dossier.current is not None else {}
            given = of.owners(base, of.laid_over(dossier.record, item.content, dossier.spent))
            found |= {f"{dossier.record.number}/{key}": person for key, person in given.values()}
    return found


def disowned(proposal: Proposal) -> list[Sentence]:
    """One sentence for each planned owner who may not own work any more."""
    return [
        Sentence(
            "disowned",
            "{number} would belong to somebody who isn't an active Action Owner or QA any more; name another owner for it.",
            number=number,
        )
        for number, person in owners(proposal).items()
        if person in proposal.unable
    ]
