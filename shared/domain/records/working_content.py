"""Working content: the content of events, investigations and CAPA plans, edited directly until a change freezes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from shared.domain.kernel import content, text
from shared.domain.kernel.content import Content
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import OMITTED, replace, stated
from shared.domain.records import kind
from shared.domain.records.kinds import KINDS
from shared.domain.records.records import Contributor, Record, RecordFile

if TYPE_CHECKING:
    from shared.domain.kernel.workflow import Actor
    from shared.domain.people.people import Member
    from shared.domain.records.dossiers import Dossier
    from shared.domain.records.kind import Kind

BEHIND = timedelta(hours=12)  # how far the westernmost time zone is behind UTC


def edit(found: Dossier, given: Content, *, title: str = OMITTED, due_on: date = OMITTED, by: Member, at: datetime) -> Outcome:
    """Edit the working content; omitted fields stay, null clears a field. A due date can only move earlier."""
    of = KINDS[found.record.kind]
    if "edit" not in of.workflow.steps:
        raise Conflict(
            Sentence(
                "draft_lives_in_change", "The draft of a {thing} lives in a change; propose or edit that.", thing=Term(of.workflow.noun)
            ),
            status=found.status,
        )
    of.workflow.permit("edit", found, by)
    fresh = of.content.check("content", given)
    if not fresh and title is OMITTED and due_on is OMITTED:
        raise Invalid("content", Sentence("nothing_would_change", "Nothing would change; give content, a title or a due date."))
    refuse_guarded(of, found.status, fresh)
    present = found.record.due_on
    if present is not None and due_on is not OMITTED and due_on > present:
        raise Invalid(
            "due_on",
            Sentence(
                "after_present_due_date",
                "This is after {due_on}, the present due date; ask QA for an extension (request_extension).",
                due_on=present,
            ),
        )
    return with_content(found, fresh, title=stated(title), due_on=stated(due_on), by=by, at=at)


def refuse_guarded(of: Kind, status: str, given: Content) -> None:
    """Raise Invalid if the content sets a field that only QA sets in this status."""
    if guarded := of.qa_only(status) & set(given):
        if min(guarded) in of.stated_at_closing:
            sentence = Sentence(
                "qa_judges_or_closing_change",
                "This is QA's to judge: at the triage first (triage_event), then by a signed reclassification (reclassify_event)"
                " or by the change that closes.",
            )
        else:
            sentence = Sentence(
                "qa_judges",
                "This is QA's to judge: at the triage first (triage_event), then by a signed reclassification (reclassify_event).",
            )
        raise Invalid(
            f"content.{min(guarded)}",
            sentence,
        )


def with_content(
    found: Dossier,
    fresh: Content,
    *,
    title: str | None = None,
    due_on: date | None = None,
    by: Member,
    at: datetime,
    contributes: bool = True,
) -> Outcome:
    """The record with its content updated by `fresh`; the editor becomes a contributor unless this is QA's assessment."""
    of, record = KINDS[found.record.kind], found.record
    if due_on is not None and due_on < (record.created_at - BEHIND).date():
        raise Invalid("due_on", Sentence("before_record_made", "This day is before the record was made."))
    merged = of.complete(content.merge(record.content, fresh), found.spent)
    of.refuse_contradictions(record.type, merged, at)
    renamed = record.title if title is None else text.check("title", title, text.TITLE, lines=False)
    altered = replace(record, content=merged, title=renamed, due_on=due_on or record.due_on, updated_at=at)
    author = (Contributor(record.organisation_id, record.id, by.person_id, at),) if contributes else ()
    return Outcome(saves=(altered, *files(altered), *author))


def files(record: Record) -> tuple[RecordFile, ...]:
    """One row for each file that working content names, so that a foreign key guarantees that the file exists."""
    named = KINDS[record.kind].content.files("", record.content)
    return tuple(RecordFile(record.organisation_id, record.id, file_id, name) for name, file_id in named)


def new_record(record: Record, *, by: Member, at: datetime) -> Outcome:
    """A new record with working content, and its first contributor."""
    of = KINDS[record.kind]
    refuse_guarded(of, record.status, record.content)
    completed = replace(record, content=of.complete(record.content))
    of.refuse_contradictions(record.type, completed.content, at)
    return Outcome(saves=(completed, *files(completed), Contributor(record.organisation_id, record.id, by.person_id, at)))


def take(found: Dossier, step: str, *, by: Actor, at: datetime, alter: Callable[[Record], Record] | None = None) -> Outcome:
    """Take a direct or signed step on a record; reopening it ends the version that closing it froze."""
    of = KINDS[found.record.kind]
    row = of.workflow.permit(step, found, by)
    record = found.record if alter is None else alter(found.record)
    shown = kind.with_status(of, record, row.target_from(found.status), at)
    reopened = found.record.closed_at is not None and shown.closed_at is None
    ended = (replace(found.current, ended_at=at),) if reopened and found.current is not None else ()
    return Outcome(saves=(*ended, shown, *of.effects(shown, found, at)))
