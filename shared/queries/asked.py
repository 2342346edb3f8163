"""What a search is asked for, and what it finds where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

from shared.domain.changes import changes
from shared.domain.kernel.values import dataclass
from shared.domain.people.people import STAFF
from shared.domain.records.kinds import KINDS

if TYPE_CHECKING:
    from shared.domain.people.people import Member

PERSON: Final = "person"
FINDABLE: Final = (*KINDS, changes.WORKFLOW.kind, PERSON)


class Place(IntEnum):
    """Where what was asked for stands, the best first."""

    TITLE = 1
    TEXT = 2
    PART = 3
    LINK = 4


@dataclass(frozen=True)
class Found:
    """One hit: what it is, and where it was found; `part` is the file, note or action, `through` the record or change that is linked."""

    place: Place
    kind: str
    id: UUID
    part: UUID | None = None
    through: UUID | None = None
    link: str | None = None


@dataclass(frozen=True)
class Search:
    """What is asked for, and by whom: `shown` are the kinds and statuses of records that may be found, None for all."""

    by: Member
    q: str | None
    filters: Mapping[str, object]
    shown: Sequence[tuple[str, str]] | None
    kind: str | None
    status: str | None

    @property
    def finds_records(self) -> bool:
        """Whether records are asked for."""
        return self.kind is None or self.kind in KINDS

    @property
    def finds_changes(self) -> bool:
        """Whether changes are asked for, by somebody who may see them; they are never overdue."""
        asked = self.kind == changes.WORKFLOW.kind or (self.kind is None and self.q is not None)
        return asked and STAFF.admits(self.by) and (self.status is None or self.status in changes.WORKFLOW.statuses) and not self._late

    @property
    def finds_people(self) -> bool:
        """Whether people are asked for: they have no status of a record, no owner and no date."""
        return self.q is not None and self.kind in (None, PERSON) and self.status is None and self.given.keys() <= {"kind"}

    @property
    def given(self) -> dict[str, object]:
        """The filters of records that are given."""
        return {name: value for name, value in self.filters.items() if value is not None}

    @property
    def _late(self) -> bool:
        return self.filters["late_on"] is not None

    @property
    def states(self) -> list[str] | None:
        """The kinds and statuses that may be found, each as two words; None for all."""
        return None if self.shown is None else [f"{kind} {of}" for kind, of in self.shown]
