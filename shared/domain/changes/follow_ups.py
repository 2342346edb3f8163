"""Follow-ups of a change: each becomes an action when the change is applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.domain.capa.actions import LONGEST, Action, Status
from shared.domain.changes.proposals import Change
from shared.domain.kernel import ids, text
from shared.domain.kernel.content import LAST_YEAR
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass
from shared.domain.people.people import Member
from shared.domain.records.records import responsible

MOST_FOLLOW_UPS = 50


@dataclass(frozen=True)
class FollowUp:
    """A follow-up as a person gives it; only its shape is checked so far."""

    __pydantic_config__: ClassVar = {"extra": "forbid", "strict": True}

    description: str
    owner_id: UUID
    due_on: date


def checked(given: Sequence[FollowUp], owners: Mapping[UUID, Member], today: date) -> tuple[Mapping[str, object], ...]:
    """Check the follow-ups and return them as the change stores them; raises Invalid naming the field."""
    if len(given) > MOST_FOLLOW_UPS:
        raise Invalid("follow_ups", Sentence("too_many_follow_ups", "A change has at most {most} follow-up actions.", most=MOST_FOLLOW_UPS))
    kept = []
    for index, one in enumerate(given):
        path = f"follow_ups.{index}"
        responsible(owners.get(one.owner_id), f"{path}.owner_id")
        if not today <= one.due_on or one.due_on.year > LAST_YEAR:
            raise Invalid(
                f"{path}.due_on",
                Sentence("day_from_today_on", "This must be a day from today on, not after {last_year}.", last_year=LAST_YEAR),
            )
        words = text.check(f"{path}.description", one.description, LONGEST)
        kept.append({"description": words, "owner_id": str(one.owner_id), "due_on": one.due_on.isoformat()})
    return tuple(kept)


def follow_up_actions(change: Change, *, at: datetime) -> tuple[Action, ...]:
    """The open actions that applying a change creates from its follow-ups."""
    return tuple(
        Action(
            organisation_id=change.organisation_id,
            id=ids.new(at),
            record_id=None,
            change_id=change.id,
            key=f"F{number}",
            number=f"{change.number}/F{number}",
            kind="follow_up",
            description=str(row["description"]),
            owner_id=UUID(str(row["owner_id"])),
            status=Status.OPEN,
            due_on=date.fromisoformat(str(row["due_on"])),
            original_due_on=date.fromisoformat(str(row["due_on"])),
            extensions=0,
            created_at=at,
            updated_at=at,
        )
        for number, row in enumerate(change.follow_ups, 1)
    )
