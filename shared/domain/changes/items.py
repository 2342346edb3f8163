"""The items of a change: what it does to each record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from shared.domain.changes.proposals import Item, ItemFile
from shared.domain.kernel import content, text
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.sentences import TWICE, Sentence, Term
from shared.domain.kernel.values import OMITTED, dataclass, or_kept, replace, stated
from shared.domain.people.people import Member
from shared.domain.records.kind import with_status
from shared.domain.records.kinds import KINDS, AnyContent
from shared.domain.records.records import Record, responsible

if TYPE_CHECKING:
    from shared.domain.changes.proposals import Change
    from shared.domain.records.dossiers import Dossier

MOST_ITEMS = 100


@dataclass(frozen=True)
class Given:
    """One item as a person gives it; only its shape is checked so far. What is left out stays, null takes it back."""

    __pydantic_config__: ClassVar = {"extra": "forbid", "strict": True}

    record_id: UUID
    step: str | None = None
    title: str | None = OMITTED
    owner_id: UUID | None = OMITTED
    team_id: UUID | None = OMITTED
    content: AnyContent | None = OMITTED


def place(
    change: Change,
    items: Sequence[Item],
    given: Sequence[Given],
    dossiers: Mapping[UUID, Dossier],
    owners: Mapping[UUID, Member],
    *,
    at: datetime,
) -> tuple[Item, ...]:
    """The items that `given` adds or updates, each based on its record's newest version.

    `items` are all items that the change ever had; one that was removed starts afresh at its old position.
    """
    present = {item.record_id: item for item in items}
    kept = {item.record_id for item in items if not item.removed}
    if len({one.record_id for one in given}) != len(given):
        raise Invalid("items", Sentence("record_twice", "A record stands in the list twice; give it one item."))
    if len({*kept, *(one.record_id for one in given)}) > MOST_ITEMS:
        raise Invalid("items", Sentence("too_many_records", "A change holds at most {most} records.", most=MOST_ITEMS))
    found = []
    for index, one in enumerate(given):
        path = f"items.{index}"
        if one.record_id not in dossiers:
            raise Invalid(f"{path}.record_id", Sentence("no_such_record_here", "There is no such record in this organisation."))
        record = dossiers[one.record_id].record
        kind = KINDS[record.kind]
        if kind.is_draft(record.status) and record.id not in kept and record.created_by != change.owner_id:
            raise Conflict(
                Sentence(
                    "draft_of_another_change", "{number} is the draft of another change; wait until that is approved.", number=record.number
                ),
                status=record.status,
            )
        old = present.get(record.id) or Item(
            organisation_id=change.organisation_id,
            change_id=change.id,
            record_id=record.id,
            position=len(present),
            kind=record.kind,
            step="",
            base_version=0,
        )
        if old.removed:
            old = replace(old, removed=False, step="", title=None, owner_id=None, team_id=None, content={})
        present[record.id] = old
        if (owner_id := stated(one.owner_id)) is not None:
            responsible(owners.get(owner_id), f"{path}.owner_id")
        step = one.step or old.step or kind.default_step(record.status)
        found.append(_laid(path, one, replace(old, step=step), dossiers[record.id], at))
    return tuple(found)


def taken_out(items: Sequence[Item], record_ids: Sequence[UUID], given: Sequence[Given]) -> tuple[Item, ...]:
    """The items marked as removed; raises Invalid for one that isn't in the change or is given as well, and if none would remain."""
    present, added = {item.record_id: item for item in items}, {one.record_id for one in given}
    for index, record_id in enumerate(record_ids):
        path = f"remove_record_ids.{index}"
        if record_id not in present:
            raise Invalid(path, Sentence("record_not_in_change", "This record isn't part of the change."))
        if record_id in added:
            raise Invalid(path, Sentence("give_or_take_out", "Give an item for this record, or take it out, not both."))
        if record_id in record_ids[:index]:
            raise Invalid(path, TWICE)
    if record_ids and not {*present, *added} - set(record_ids):
        raise Invalid(
            "remove_record_ids",
            Sentence("change_keeps_one_record", "A change keeps at least one record; discard the change instead (discard_change)."),
        )
    return tuple(replace(present[record_id], removed=True) for record_id in record_ids)


def voided(items: Sequence[Item], dossiers: Mapping[UUID, Dossier], elsewhere: Collection[UUID], at: datetime) -> tuple[Record, ...]:
    """The records that existed only in these items, now void; those that another change drafts (`elsewhere`) stay."""
    return tuple(
        with_status(KINDS[record.kind], record, KINDS[record.kind].workflow["void"].target, at)
        for record in (dossiers[item.record_id].record for item in items if item.record_id not in elsewhere)
        if record.latest_version == 0 and KINDS[record.kind].is_draft(record.status)
    )


def _laid(path: str, one: Given, old: Item, found: Dossier, at: datetime) -> Item:
    """The item updated with what is given."""
    record, kind = found.record, KINDS[found.record.kind]
    _check_step(f"{path}.step", old.step, found)
    fresh = {} if one.content is OMITTED or one.content is None else kind.content.check(f"{path}.content", one.content)
    if guarded := (kind.qa_only(record.status) - kind.stated_at_closing) & set(fresh):
        raise Invalid(
            f"{path}.content.{min(guarded)}",
            Sentence(
                "qa_judges_by_reclassification",
                "This is QA's to judge; it moves by a signed reclassification (reclassify_event), not by a change.",
            ),
        )
    freezes = kind.workflow[old.step].version
    if not freezes and (fresh or one.title not in (None, OMITTED)):
        raise Invalid(
            f"{path}.content",
            Sentence("step_takes_no_content", "To {step} takes no new content; propose that as a new version.", step=Term(old.step)),
        )
    title = or_kept(one.title, old.title)
    altered = replace(
        old,
        base_version=record.latest_version,
        title=None if title is None else text.check(f"{path}.title", title, text.TITLE, lines=False),
        owner_id=or_kept(one.owner_id, old.owner_id),
        team_id=or_kept(one.team_id, old.team_id),
        content={} if one.content is None else {**old.content, **fresh},
    )
    if not freezes:
        return replace(altered, title=None, content={})
    kind.refuse_contradictions(record.type, kind.laid_over(record, altered.content, found.spent), at)
    return altered


def _check_step(path: str, step: str, found: Dossier) -> None:
    kind = KINDS[found.record.kind]
    steps = [row.name for row in kind.workflow.by_change()]
    if step not in steps:
        raise Invalid(path, Sentence("no_step_of_a_change", "A change can do one of: {steps}.", steps=tuple(steps)))
    why_not = kind.why_not(kind, replace(found, waiting=None), step)  # a waiting version matters only at submission
    if why_not is not None:
        raise Conflict(why_not, status=found.record.status)


def drafts(proposal_items: Sequence[Item], dossiers: Mapping[UUID, Dossier], at: datetime) -> tuple[Record, ...]:
    """The draft records of this change that differ from their items, updated to match."""
    found = []
    for item in proposal_items:
        record = dossiers[item.record_id].record
        if record.latest_version == 0 and KINDS[record.kind].drafted:
            drafted = replace(
                record,
                title=item.title or record.title,
                owner_id=item.owner_id or record.owner_id,
                team_id=item.team_id or record.team_id,
                content=content.merge({}, item.content),
                updated_at=at,
            )
            if drafted.content != record.content or replace(drafted, content=record.content, updated_at=record.updated_at) != record:
                found.append(drafted)
    return tuple(found)


def file_rows(items: Sequence[Item]) -> tuple[ItemFile, ...]:
    """One row for each file that an item names, so that a foreign key guarantees that the file exists."""
    return tuple(
        ItemFile(organisation_id=item.organisation_id, change_id=item.change_id, record_id=item.record_id, file_id=file_id, field=name)
        for item in items
        for name, file_id in KINDS[item.kind].content.files("", item.content)
    )
