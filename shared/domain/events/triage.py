"""QA's assessment of an event: made at triage, changed afterwards only by a signed reclassification."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from shared.domain.events import events, reporting
from shared.domain.events.event_types import rules_of
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.untyped import as_object
from shared.domain.kernel.values import OMITTED, replace
from shared.domain.records import kind, working_content

if TYPE_CHECKING:
    from shared.domain.people.people import Member
    from shared.domain.records.dossiers import Dossier


def triage(found: Dossier, given: Mapping[str, object], *, due_on: date | None, by: Member, at: datetime) -> Outcome:
    """Triage the event with QA's classification, severity, risk, containment and disposition."""
    events.WORKFLOW.permit("triage", found, by)
    fresh = checked(given)
    if due_on is None and found.record.due_on is None:
        due_on = found.record.created_at.date() + timedelta(days=rules_of(found.record.type).days.of(fresh["severity"]))
    record = kind.with_status(events.KIND, found.record, events.Status.TRIAGED, at)
    return working_content.with_content(replace(found, record=record), fresh, due_on=due_on, by=by, at=at, contributes=False)


def reclassify(found: Dossier, given: Mapping[str, object], *, by: Member, at: datetime) -> Outcome:
    """Change QA's assessment of the event."""
    events.WORKFLOW.permit("reclassify", found, by)
    fresh = checked(given)
    if not fresh:
        raise Invalid(
            "severity",
            Sentence(
                "nothing_judged_anew",
                "Give what is judged anew: severity, classification, risk, containment, disposition, on_market or reportable.",
            ),
        )
    return working_content.with_content(found, fresh, by=by, at=at, contributes=False)


def correct_type(found: Dossier, type_: str, *, by: Member, at: datetime) -> Outcome:
    """Correct the event's type; its number stays. A planned deviation is one before it is triaged."""
    events.WORKFLOW.permit("correct_type", found, by)
    record = found.record
    if type_ == record.type:
        raise Invalid("type", Sentence("type_already", "{number} is of this type already.", number=record.number))
    if rules_of(type_).permitted and found.status != events.Status.REPORTED:
        raise Invalid(
            "type",
            Sentence("planned_too_late", "{number} is triaged already; a planned deviation is permitted before.", number=record.number),
        )
    return Outcome(saves=(replace(record, type=type_, updated_at=at),))


def checked(given: Mapping[str, object]) -> dict[str, object]:
    """The given fields, each checked and a decision about an authority in full; None takes a field back."""
    found = {
        name: events.CONTENT.types[name].check(name, value) if value is not None else None
        for name, value in given.items()
        if value is not OMITTED
    }
    decision = found.get("reportable")
    return found if decision is None else {**found, "reportable": reporting.completed("reportable", as_object(decision))}
