"""A record with everything that its steps depend on: current versions, contributors, links and actions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass
from shared.domain.kernel.workflow import Actor, Relation

if TYPE_CHECKING:
    from shared.domain.capa.actions import Action
    from shared.domain.records.records import Record, Version


@dataclass(frozen=True)
class Related:
    """The record at the other end of a link; `outgoing` says that the link starts here."""

    type: str
    outgoing: bool
    id: UUID
    kind: str
    number: str
    status: str


@dataclass(frozen=True)
class Dossier:
    """A record, its current version (in force, suspended or last frozen), and the approved version that waits for its date.

    `contributors` reported it or edited its working content. `authors` wrote the changes that made its current and waiting versions, for
    kinds that are drafted in changes. `in_approval` is the number of the change to it that is in approval, `approved_in` of the one that is
    approved and waits for its day.
    """

    record: Record
    current: Version | None
    waiting: Version | None
    contributors: frozenset[UUID] = frozenset()
    related: tuple[Related, ...] = ()
    actions: tuple[Action, ...] = ()
    in_approval: str | None = None
    approved_in: str | None = None
    authors: frozenset[UUID] = frozenset()

    @property
    def status(self) -> str:
        """The status of the version that the record shows."""
        return self.record.status

    @property
    def spent(self) -> frozenset[str]:
        """The keys of its actions, cancelled ones included; no key is used twice."""
        return frozenset(action.key for action in self.actions)

    def linked(self, kind: str) -> tuple[Related, ...]:
        """The records of a kind that this one is linked to."""
        return tuple(one for one in self.related if one.kind == kind)


def _has_no_hand_in(found: Dossier, by: Actor) -> bool:
    return by.person_id not in found.contributors | found.authors


NOT_CONTRIBUTOR = Relation(
    "not_contributor",
    _has_no_hand_in,
    Sentence("own_record", "You reported this or worked on it yourself, so somebody else must decide about it."),
)


def not_in_approval(found: Dossier, _: Actor) -> Sentence | None:
    """Why a record can't be edited: a change to it is in approval, or approved for a later day; None if there is none."""
    if found.approved_in is not None:
        return Sentence(
            "record_in_approved_change",
            "{number} is part of {change}, which is approved and waits for its day; it happens then, unless QA recalls that change.",
            number=found.record.number,
            change=found.approved_in,
        )
    if found.in_approval is None:
        return None
    return Sentence(
        "record_in_approval",
        "{number} is in approval, in {change}; withdraw that change first.",
        number=found.record.number,
        change=found.in_approval,
    )
