"""The events that an investigation covers, whose status follows it as it opens, is cancelled or reopens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.events import events
from shared.domain.events.investigations import KIND, Status
from shared.domain.kernel import ids
from shared.domain.kernel.errors import Conflict, Invalid, NotFound
from shared.domain.kernel.outcomes import Following, Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import replace
from shared.domain.records import kind, links, working_content
from shared.domain.records.links import End, Link
from shared.domain.records.records import Record
from shared.domain.records.records import title_of as title_of_several

if TYPE_CHECKING:
    from shared.domain.people.people import Member
    from shared.domain.records.dossiers import Dossier, Related


def title_of(found: Mapping[UUID, Dossier], language: str) -> str:
    """The default title of an investigation: its first event and the number of further ones."""
    return title_of_several(next(iter(found.values())).record, len(found), language)


def about(event_ids: Sequence[UUID], found: Mapping[UUID, Dossier]) -> dict[UUID, Dossier]:
    """The events that a new investigation covers, in the order named; raises Invalid or NotFound."""
    if not event_ids:
        raise Invalid("event_ids", Sentence("event_needed", "Name at least one event."))
    if len(set(event_ids)) != len(event_ids):
        raise Invalid("event_ids", Sentence("event_twice", "An event stands in the list twice."))
    for event_id in event_ids:
        if event_id not in found or found[event_id].record.kind != events.KIND.name:
            raise NotFound(Sentence("no_such_event", "There is no such event."))
    return {event_id: found[event_id] for event_id in event_ids}


def new_investigation(record: Record, covered: Mapping[UUID, Dossier], *, by: Member, at: datetime) -> Outcome:
    """A new investigation linked from each of its events, which become under investigation."""
    made = working_content.new_record(record, by=by, at=at)
    started = tuple(row for found in covered.values() for row in working_content.take(found, "investigate", by=by, at=at).saves)
    ties = tuple(
        Link(
            organisation_id=record.organisation_id,
            id=ids.new(at),
            from_id=event_id,
            type="investigated_in",
            to_id=record.id,
            change_id=None,
            created_by=by.person_id,
            created_at=at,
        )
        for event_id in covered
    )
    return Outcome(saves=(*made.saves, *started, *ties))


def cancel(found: Dossier, covered: Sequence[Dossier], *, by: Member, at: datetime) -> Outcome:
    """Cancel the investigation; its events return to triaged unless another investigation covers them."""
    outcome = working_content.take(found, "cancel", by=by, at=at)
    return replace(outcome, follows=set_back(covered, found.record, f"cancelling of {found.record.number}", at))


def reopen(found: Dossier, covered: Sequence[Dossier], *, by: Member, at: datetime) -> Outcome:
    """Reopen the investigation; its triaged events become under investigation again."""
    outcome = working_content.take(found, "reopen", by=by, at=at)
    waiting = [event for event in covered if event.status == events.Status.TRIAGED]
    rows = tuple(row for event in waiting for row in working_content.take(event, "investigate", by=by, at=at).saves)
    follows = (Following("investigate", f"reopening of {found.record.number}", rows),) if rows else ()
    return replace(outcome, follows=follows)


def link(found: Dossier, type_: str, end: End, *, there: bool, by: Member, at: datetime) -> Outcome:
    """Link a record to another; an event linked to an open investigation becomes under investigation."""
    record = found.record
    start = End(record.id, record.kind, record.number, record.status)
    made = links.link(record.organisation_id, start, type_, end, by=by.person_id, at=at)
    if there:
        raise Conflict(
            Sentence("linked_already", "{number} is linked to {other} in this way already.", number=record.number, other=end.number)
        )
    joins = type_ == "investigated_in" and end.status == Status.OPEN and found.status != events.Status.UNDER_INVESTIGATION
    started = working_content.take(found, "investigate", by=by, at=at).saves if joins else ()
    return Outcome(saves=(*started, made))


def unlink(link: Link, ends: Mapping[UUID, Dossier], *, at: datetime) -> Outcome:
    """Remove a link; an event that only this investigation covered returns to triaged."""
    if link.type != "investigated_in" or link.to_id is None:
        return Outcome(removes=(link,))
    investigation = ends[link.to_id].record
    follows = set_back([ends[link.from_id]], investigation, f"unlinking of {investigation.number}", at)
    return Outcome(removes=(link,), follows=follows)


def set_back(covered: Sequence[Dossier], without: Record, cause: str, at: datetime) -> tuple[Following, ...]:
    """The system's step back to triaged, for events under investigation that only `without` covered."""
    alone = [event for event in covered if event.status == events.Status.UNDER_INVESTIGATION and not _others(event, without.id)]
    rows = tuple(kind.with_status(events.KIND, event.record, events.Status.TRIAGED, at) for event in alone)
    return (Following("set_back", cause, rows),) if rows else ()


def events_of(found: Dossier) -> tuple[UUID, ...]:
    """The events that an investigation covers."""
    return tuple(one.id for one in found.linked(events.KIND.name) if one.type == "investigated_in" and not one.outgoing)


def _others(event: Dossier, investigation_id: UUID) -> tuple[Related, ...]:
    return tuple(one for one in event.linked(KIND.name) if one.id != investigation_id and one.status != Status.CANCELLED)
