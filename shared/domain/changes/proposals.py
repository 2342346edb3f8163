"""The dataclasses of a change: the change, its authors, items, rounds and approval request, and the proposal that joins them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.kernel.content import Content
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass, replace
from shared.domain.kernel.workflow import OVER, Actor, Phase

if TYPE_CHECKING:
    from shared.domain.changes.approval_policy import Approvers
    from shared.domain.files.extents import Extent
    from shared.domain.files.files import File
    from shared.domain.records.dossiers import Dossier
    from shared.domain.records.records import Record
    from shared.domain.signing.signatures import Signature


class Status(StrEnum):
    """The status of a change."""

    DRAFT = "draft"
    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    APPLIED = "applied"
    CLOSED = "closed"
    RECALLED = "recalled"
    DISCARDED = "discarded"


S = Status


class RequestStatus(StrEnum):
    """The status of an approval request."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


PHASES: Mapping[str, Phase] = {
    S.DRAFT: Phase.DRAFT,
    S.IN_APPROVAL: Phase.OPEN,
    S.APPROVED: Phase.WAITING,
    S.APPLIED: Phase.DONE,
    S.CLOSED: Phase.DONE,
    S.RECALLED: Phase.ENDED,
    S.DISCARDED: Phase.ENDED,
}
UNDECIDED = frozenset(status for status, phase in PHASES.items() if phase in (Phase.DRAFT, Phase.OPEN))
UNFINISHED = frozenset(status for status, phase in PHASES.items() if phase not in OVER)  # undecided, or approved and waiting for its day
DECIDED = frozenset(status for status, phase in PHASES.items() if phase in (Phase.WAITING, Phase.DONE))  # approved, whatever came after


@dataclass(frozen=True)
class Change:
    """A change: its reason, risk, planned date and status. `round` counts the submissions; `result` is what closing it found."""

    organisation_id: UUID
    id: UUID
    number: str
    title: str
    reason: str
    impact: str | None
    risk: str | None
    effective_on: date | None
    status: str
    round: int
    owner_id: UUID
    created_at: datetime
    updated_at: datetime
    follow_ups: tuple[Mapping[str, object], ...] = ()
    result: str | None = None
    revision: int = 0

    @property
    def to_be_closed(self) -> bool:
        """Whether it happened and QA is yet to say what came of it (ICH Q10 3.2.3)."""
        return self.status == S.APPLIED and bool(self.follow_ups)

    def waits(self, today: date) -> bool:
        """Whether it would still wait on this day."""
        return self.effective_on is not None and self.effective_on > today


@dataclass(frozen=True)
class Author:
    """A person who edited or submitted the change, and so never approves or rejects it."""

    organisation_id: UUID
    change_id: UUID
    person_id: UUID
    created_at: datetime
    revision: int = 0


@dataclass(frozen=True)
class Item:
    """What the change does to one record: new content, a step or both. Omitted fields keep the value of the base version.

    A `removed` item left the change; it is kept because comments refer to it.
    """

    organisation_id: UUID
    change_id: UUID
    record_id: UUID
    position: int
    kind: str
    step: str
    base_version: int
    title: str | None = None
    owner_id: UUID | None = None
    team_id: UUID | None = None
    content: Content = field(default_factory=dict)
    in_approval: bool = False
    removed: bool = False
    revision: int = 0


@dataclass(frozen=True)
class ItemFile:
    """A file that an item names; it must have been uploaded."""

    organisation_id: UUID
    change_id: UUID
    record_id: UUID
    file_id: UUID
    field: str
    revision: int = 0


@dataclass(frozen=True)
class Round:
    """One submission of a change, frozen and kept for ever, even if rejected."""

    organisation_id: UUID
    change_id: UUID
    round: int
    frozen: Mapping[str, object]
    content_sha256: str
    submitted_by: UUID
    created_at: datetime
    revision: int = 0


@dataclass(frozen=True)
class Request:
    """The approval request of one round, with the approval policy of its submission."""

    organisation_id: UUID
    id: UUID
    change_id: UUID
    round: int
    number: str
    title: str
    status: str
    required: int
    approver_ids: tuple[UUID, ...]
    submitted_by: UUID
    content_sha256: str
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    cause: str | None = None
    closed_at: datetime | None = None
    revision: int = 0

    def missing(self, signatures: Sequence[Signature]) -> tuple[UUID, ...]:
        """The named approvers for whom nobody has signed yet."""
        done = {signature.on_behalf_of or signature.person_id for signature in signatures}
        return tuple(person for person in self.approver_ids if person not in done)

    def on_behalf_of(self, proposal: Proposal, by: Actor) -> UUID | None:
        """The named approver for whom `by` would sign as delegate; None where they sign as themselves."""
        missing, approvers, authors = self.missing(proposal.signatures), proposal.approvers, proposal.barred
        places = [named for named in missing if by.person_id in approvers.stand_ins(named, authors)]
        places.sort(key=lambda named: named != by.person_id)  # their own seat first, unless another seat could then not be filled
        left = approvers.qa - {by.person_id, *(signature.person_id for signature in proposal.signatures)}
        for named in places:
            if replace(approvers, qa=left, named=tuple(one for one in missing if one != named)).seated(authors):
                return None if named == by.person_id else named
        return None if not places or places[0] == by.person_id else places[0]

    def why_not_by(self, proposal: Proposal, by: Actor) -> Sentence | None:
        """Why `by` isn't among those whose signature is still missing, as a sentence; None if they are."""
        missing = self.missing(proposal.signatures)
        open_places = self.required - len(proposal.signatures)
        if len(missing) < open_places or by.person_id in missing or self.on_behalf_of(proposal, by) is not None:
            return None
        return Sentence("named_approvers_missing", "The signatures still missing are those of the named approvers.")

    def complete_with(self, proposal: Proposal, by: Actor) -> bool:
        """Whether one more signature, by `by`, is the last that is needed."""
        for_whom = self.on_behalf_of(proposal, by) or by.person_id
        return len(proposal.signatures) + 1 >= self.required and not [one for one in self.missing(proposal.signatures) if one != for_whom]


@dataclass(frozen=True)
class Proposal:
    """A change with its items, its authors, its records as they are now, and its eligible approvers.

    `busy` names the change that already has a record in approval. `open_comments` counts those that block submission. `unable` are
    planned owners who may not own work. `removed` are the items that left the change. `extents` say how much of each file was read.
    `open_actions` are the numbers of its follow-ups that aren't over.
    `compared` is what the round in approval said of the files of each record when it was frozen: None for a draft, without a record's
    entry for a round that is older than such statements.
    """

    change: Change
    items: tuple[Item, ...]
    authors: frozenset[UUID]
    dossiers: Mapping[UUID, Dossier]
    files: Mapping[UUID, File]
    busy: Mapping[UUID, str]
    approvers: Approvers
    today: date
    request: Request | None = None
    signatures: tuple[Signature, ...] = ()
    open_comments: int = 0
    open_actions: tuple[str, ...] = ()
    unable: frozenset[UUID] = frozenset()
    removed: tuple[Item, ...] = ()
    extents: Mapping[UUID, Extent] = field(default_factory=dict)
    compared: Mapping[UUID, Sequence[Mapping[str, object]]] | None = None

    @property
    def status(self) -> str:
        """The change's own status."""
        return self.change.status

    @property
    def barred(self) -> frozenset[UUID]:
        """Who may not approve or reject it: its authors, and the contributors to its records."""
        return self.authors.union(*(found.contributors for found in self.dossiers.values()))

    def record(self, record_id: UUID) -> Record:
        """One of the records that the change is about."""
        return self.dossiers[record_id].record
