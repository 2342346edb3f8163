"""The proposal after a step, computed from the step's outcome, so that the answer needs no second load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.changes.proposals import Change, Item, Proposal, Request, Round, Status
from shared.domain.documents.documents import KIND
from shared.domain.kernel.outcomes import Outcome, saved
from shared.domain.kernel.values import replace
from shared.domain.records.dossiers import Dossier
from shared.domain.records.records import Record, Version, VersionFile
from shared.domain.signing.signatures import Signature

if TYPE_CHECKING:
    from uuid import UUID

_KNOWN = (Change, Item, Record, Request, Round, Signature, Version, VersionFile)


def settle(proposal: Proposal, outcome: Outcome) -> Proposal | None:
    """The proposal after `outcome`; None if the outcome writes rows that only the database can tell, so that it must be loaded."""
    rows = (*outcome.saves, *(row for following in outcome.follows for row in following.saves))
    if outcome.removes or not all(_told(row, proposal) for row in rows) or any(item.kind != KIND.name for item in proposal.items):
        return None
    written = [saved(row) for row in rows]
    change = next((row for row in reversed(written) if isinstance(row, Change)), proposal.change)
    items = {row.record_id: row for row in written if isinstance(row, Item)}
    signatures = (*proposal.signatures, *(row for row in written if isinstance(row, Signature)))
    return replace(
        proposal,
        change=change,
        items=tuple(items.get(item.record_id, item) for item in proposal.items),
        compared=None if change.status == Status.DRAFT else proposal.compared,
        dossiers={record_id: _document(found, written, change) for record_id, found in proposal.dossiers.items()},
        request=next((row for row in reversed(written) if isinstance(row, Request)), proposal.request),
        signatures=tuple(one for one in signatures if one.round == change.round),
    )


def _told(row: object, proposal: Proposal) -> bool:
    """Whether a row belongs to this change or to one of its documents."""
    if isinstance(row, Change):
        return row.id == proposal.change.id
    if isinstance(row, Item | Request | Round | Signature):
        return row.change_id == proposal.change.id
    return isinstance(row, _KNOWN) and _record_id(row) in proposal.dossiers


def _record_id(row: object) -> UUID | None:
    if isinstance(row, Record):
        return row.id if row.kind == KIND.name else None
    return row.record_id if isinstance(row, Version | VersionFile) else None


def _document(found: Dossier, written: list[object], change: Change) -> Dossier:
    record = next((row for row in reversed(written) if isinstance(row, Record) and row.id == found.record.id), found.record)
    versions = {version.version: version for version in (found.current, found.waiting) if version is not None}
    versions |= {row.version: row for row in written if isinstance(row, Version) and row.record_id == record.id}
    current, waiting = KIND.living(versions.values())
    in_approval, approved_in = (change.number if change.status == status else None for status in (Status.IN_APPROVAL, Status.APPROVED))
    return replace(found, record=record, current=current, waiting=waiting, in_approval=in_approval, approved_in=approved_in)
