"""The items of a change: what it does to each record, as a person gives it, laid over what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from shared import content, text
from shared.content import Content
from shared.documents import CONTENT, WORKFLOW, Document, why_not_change
from shared.errors import Conflict, Invalid
from shared.people import Member
from shared.records import Record, responsible
from shared.workflow import Gate

if TYPE_CHECKING:
    from shared.changes import Change

MOST_ITEMS = 100
STEPS_BY_CHANGE = {WORKFLOW.kind: tuple(step.name for step in WORKFLOW if step.gate is Gate.CHANGE)}


@dataclass(frozen=True)
class Item:
    """What the change does to one record: new content, a gated step, or both. Fields left out keep the base's value."""

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
    revision: int = 0


@dataclass(frozen=True)
class ItemFile:
    """A file that an item names: uploaded before, so that nothing dangles."""

    organisation_id: UUID
    change_id: UUID
    record_id: UUID
    file_id: UUID
    field: str
    revision: int = 0


@dataclass(frozen=True)
class Given:
    """One item as a person gives it, checked for its shape only."""

    __pydantic_config__: ClassVar = {"extra": "forbid", "strict": True}

    record_id: UUID
    step: str | None = None
    title: str | None = None
    owner_id: UUID | None = None
    team_id: UUID | None = None
    content: dict[str, Any] | None = None


def place(
    change: Change, items: Sequence[Item], given: Sequence[Given], documents: Mapping[UUID, Document], owners: Mapping[UUID, Member]
) -> tuple[Item, ...]:
    """The items that `given` adds or alters, each based on its record as it is now (editing rebases)."""
    present = {item.record_id: item for item in items}
    if len({one.record_id for one in given}) != len(given):
        raise Invalid("items", "A record stands in the list twice; give it one item.")
    if len({*present, *(one.record_id for one in given)}) > MOST_ITEMS:
        raise Invalid("items", f"A change holds at most {MOST_ITEMS} records.")
    found = []
    for index, one in enumerate(given):
        path = f"items.{index}"
        if one.record_id not in documents:
            raise Invalid(f"{path}.record_id", "There is no such record in this organisation.")
        record = documents[one.record_id].record
        if record.status == "draft" and record.id not in present and record.created_by != change.owner_id:
            raise Conflict(f"{record.number} is the draft of another change; wait until that is approved.", status=record.status)
        old = present.get(record.id) or Item(change.organisation_id, change.id, record.id, len(present), record.kind, "", 0)
        present[record.id] = old
        step = one.step or old.step or "release"
        _check_step(f"{path}.step", step, documents[record.id])
        if one.owner_id is not None:
            responsible(owners.get(one.owner_id), f"{path}.owner_id")
        fresh = CONTENT.check(f"{path}.content", one.content) if one.content is not None else {}
        if step != "release" and (fresh or one.title):
            raise Invalid(f"{path}.content", f"To {step.replace('_', ' ')} takes no new content; propose that as a new version.")
        title = old.title if one.title is None else text.check(f"{path}.title", one.title, text.TITLE, lines=False)
        altered = replace(
            old, step=step, base_version=record.latest_version, title=title, owner_id=one.owner_id or old.owner_id,
            team_id=one.team_id or old.team_id, content={**old.content, **fresh},
        )  # fmt: skip
        found.append(altered if step == "release" else replace(altered, title=None, content={}))
    return tuple(found)


def _check_step(path: str, step: str, document: Document) -> None:
    steps = STEPS_BY_CHANGE[document.record.kind]
    if step not in steps:
        raise Invalid(path, f"A change can do one of: {', '.join(steps)}.")
    why_not = why_not_change(document.record, step, waiting=False)
    if why_not is not None:
        raise Conflict(why_not, status=document.record.status)


def drafts(proposal_items: Sequence[Item], documents: Mapping[UUID, Document], at: datetime) -> tuple[Record, ...]:
    """The records that only exist as drafts of this change, showing what the items say now."""
    found = []
    for item in proposal_items:
        record = documents[item.record_id].record
        if record.latest_version == 0:
            drafted = replace(
                record, title=item.title or record.title, owner_id=item.owner_id or record.owner_id, team_id=item.team_id or record.team_id,
                content=content.merge({}, item.content), updated_at=at,
            )  # fmt: skip
            if drafted.content != record.content or replace(drafted, content=record.content, updated_at=record.updated_at) != record:
                found.append(drafted)
    return tuple(found)


def file_rows(items: Sequence[Item]) -> tuple[ItemFile, ...]:
    """The files that the items name, as rows that the database ties to real files."""
    return tuple(
        ItemFile(item.organisation_id, item.change_id, item.record_id, file_id, name)
        for item in items
        for name, file_id in CONTENT.files("", item.content)
    )
