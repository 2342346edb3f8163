"""QA's assessment of an event: made at triage, changed afterwards only by a signed reclassification."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from shared.domain.events import events
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import OMITTED, replace
from shared.domain.records import kind, working_content

if TYPE_CHECKING:
    from shared.domain.kernel.outcomes import Outcome
    from shared.domain.people.people import Member
    from shared.domain.records.dossiers import Dossier


def triage(found: Dossier, given: Mapping[str, object], *, due_on: date | None, by: Member, at: datetime) -> Outcome:
    """Triage the event with QA's classification, severity, risk, containment and disposition."""
    events.WORKFLOW.permit("triage", found, by)
    fresh = checked(given)
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
                "nothing_judged_anew", "Give what is judged anew: severity, classification, risk, containment, disposition or reportable."
            ),
        )
    return working_content.with_content(found, fresh, by=by, at=at, contributes=False)


def checked(given: Mapping[str, object]) -> dict[str, object]:
    """The given fields, each checked; None takes a field back."""
    return {
        name: events.CONTENT.types[name].check(name, value) if value is not None else None
        for name, value in given.items()
        if value is not OMITTED
    }
