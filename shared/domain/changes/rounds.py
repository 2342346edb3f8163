"""Rounds: the frozen content of each submission, which an approval signs (21 CFR 11.70), with what of its files could be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.domain.files.extents import UNREAD
from shared.domain.kernel import canonical
from shared.domain.kernel.values import replace
from shared.domain.records import comparisons, differences
from shared.domain.records.comparisons import Evidence, FileText
from shared.domain.records.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from shared.domain.changes.proposals import Item, Proposal


def freeze(proposal: Proposal) -> dict[str, object]:
    """The content that an approval signs: reason, items, base versions, effective date and the hash of every file (21 CFR 11.70).

    It says of every file that differs what of it could be compared. A round in approval keeps what it said when it was frozen.
    """
    change = proposal.change
    stated = compare(proposal) if proposal.compared is None else proposal.compared
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
        "items": [_frozen(item, proposal, stated) for item in proposal.items],
    }


def statements(frozen: Mapping[str, Any]) -> list[dict[str, object]]:
    """What a frozen round says of each file that differs: record, field, and what was compared; [] for a round older than that."""
    return [
        {"record_id": item["record_id"], "number": item["number"], **one} for item in frozen["items"] for one in item.get("compared", ())
    ]


def stated(proposal: Proposal) -> list[dict[str, object]]:
    """What the round in approval says of each file that differs, or what a round frozen now would say: what a signature covers."""
    return statements(freeze(proposal))


def evidence(proposal: Proposal) -> Evidence:
    """The files of the change's records, with how much of each was read."""
    files = {
        str(file_id): FileText(str(file_id), file.filename, file.media_type, file.sha256, proposal.extents.get(file_id, UNREAD))
        for file_id, file in proposal.files.items()
    }
    return Evidence(files)


def compare(proposal: Proposal) -> Mapping[UUID, Sequence[Mapping[str, object]]]:
    """What of the files of each record can be compared, as statements."""
    known = evidence(proposal)
    sides = {item.record_id: _sides(item, proposal) for item in proposal.items}
    pairs = [pair for before, after in sides.values() for pair in differences.changed_files(before, after, known.files)]
    known = replace(known, allotted=comparisons.allot(pairs, known.files, comparisons.ROOM))
    return {
        item.record_id: [
            {"field": name, **one.as_json()}
            for name, one in differences.statements(*sides[item.record_id], known.of(KINDS[item.kind].renditions))
        ]
        for item in proposal.items
    }


def _sides(item: Item, proposal: Proposal) -> tuple[dict[str, object], dict[str, object]]:
    """The record's content before the change and as the change would make it."""
    record = proposal.record(item.record_id)
    after = KINDS[record.kind].laid_over(record, item.content, proposal.dossiers[item.record_id].spent)
    return {"content": record.content if record.latest_version else {}}, {"content": after}


def _frozen(item: Item, proposal: Proposal, stated: Mapping[UUID, Sequence[Mapping[str, object]]]) -> dict[str, object]:
    record = proposal.record(item.record_id)
    before = {"title": record.title, "content": record.content} if record.latest_version else {}
    of = KINDS[record.kind]
    after = _sides(item, proposal)[1]["content"]
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
        **({"compared": stated[item.record_id]} if item.record_id in stated else {}),
    }
    return {name: canonical.plain(value) for name, value in row.items()}
