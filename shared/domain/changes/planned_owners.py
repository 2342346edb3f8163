"""What a change plans for people to do, and whether they still may own it: a role can end between planning and approval."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.records.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.domain.changes.proposals import Proposal


def owners(proposal: Proposal) -> Mapping[str, UUID]:
    """Who would be given what: follow-up actions, actions of plans that don't have them yet, and records, each by its number."""
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


def disowned(proposal: Proposal) -> list[str]:
    """What is planned for somebody who may not own work any more: one sentence each."""
    return [
        f"{number} would belong to somebody who isn't an active Action Owner or QA any more; name another owner for it."
        for number, person in owners(proposal).items()
        if person in proposal.unable
    ]
