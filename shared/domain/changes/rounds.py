"""Rounds: the frozen content of each submission, which an approval signs (21 CFR 11.70)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.kernel import canonical
from shared.domain.records.kinds import KINDS

if TYPE_CHECKING:
    from shared.domain.changes.proposals import Item, Proposal


def freeze(proposal: Proposal) -> dict[str, object]:
    """The content that an approval signs: reason, items, base versions, effective date and the hash of every file (21 CFR 11.70)."""
    change = proposal.change
    return {
        "organisation_id": str(change.organisation_id),
        "change_id": str(change.id),
        "number": change.number,
        "title": change.title,
        "round": change.round,
        "reason": change.reason,
        "impact": change.impact,
        "risk": change.risk,
        "effective_on": canonical.plain(change.effective_on),
        "follow_ups": canonical.plain(change.follow_ups),
        "items": [_frozen(item, proposal) for item in proposal.items],
    }


def _frozen(item: Item, proposal: Proposal) -> dict[str, object]:
    record = proposal.record(item.record_id)
    before = {"title": record.title, "content": record.content} if record.latest_version else {}
    of = KINDS[record.kind]
    after = of.laid_over(record, item.content, proposal.dossiers[item.record_id].spent)
    files = sorted({proposal.files[file_id].sha256 for _, file_id in of.content.files("", after)})
    row = {
        "record_id": item.record_id,
        "number": record.number,
        "kind": item.kind,
        "step": item.step,
        "base_version": item.base_version,
        "title": item.title or record.title,
        "owner_id": item.owner_id,
        "team_id": item.team_id,
        "content": after,
        "files": files,
        "before": before,
    }
    return {name: canonical.plain(value) for name, value in row.items()}
