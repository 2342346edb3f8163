"""Events such as deviations and complaints, from report to closing (ISO 13485 8.3, 8.2.2-3)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from shared.domain.events import reporting
from shared.domain.events.event_conditions import unmet
from shared.domain.events.event_types import EVENT_TYPES, SEVERITIES, rules_of
from shared.domain.kernel import text
from shared.domain.kernel.arguments import REASON, Arguments
from shared.domain.kernel.content import Choice, Content, Day, Fields, FileId, Integer, ListOf, Moment, Text, Whole, moment
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.untyped import as_object
from shared.domain.kernel.values import replace
from shared.domain.kernel.workflow import SAME, SYSTEM, Actor, Gate, Phase, Relation, Step, Workflow
from shared.domain.people.people import ACTION_OWNERS, QA
from shared.domain.records.dossiers import NOT_CONTRIBUTOR, Dossier, not_in_approval
from shared.domain.records.kind import Kind, apply_item, state_refuses
from shared.domain.records.records import Record

if TYPE_CHECKING:
    from shared.domain.changes.proposals import Change, Item
    from shared.domain.kernel.outcomes import Outcome


class Status(StrEnum):
    """The status of an event."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    UNDER_INVESTIGATION = "under_investigation"
    PERMITTED = "permitted"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = Status
TYPES = tuple(EVENT_TYPES)
JUDGED_FIELDS = ("severity", "classification", "risk", "containment", "disposition", "on_market", "reportable")
TRIAGE = frozenset({"classification", "severity", "risk", "on_market", "reportable"})
# The reporter may give these immediate measures; from triage on only QA changes them, and the closing change states the disposition.
MEASURES = frozenset({"containment", "disposition"})
CONTENT = Fields(
    description=Text(text.PROSE),
    occurred_at=Moment(),
    detected_at=Moment(),
    observed_by=Text(text.NAME),
    late_reason=Text(text.REASON),
    place=Text(text.NAME),
    product=Text(text.NAME),
    batch=Text(text.NAME),
    serial=Text(text.NAME),
    udi=Text(text.NAME),
    batches=ListOf(Text(text.NAME), 100),
    serials=ListOf(Text(text.NAME), 100),
    udis=ListOf(Text(text.NAME), 100),
    quantity=Text(text.NAME),
    customer=Text(text.NAME),
    supplier=Text(text.NAME),
    classification=Text(text.NAME),
    severity=Choice(SEVERITIES),
    risk=Whole(severity=Integer(1, 10), occurrence=Integer(1, 10), detection=Integer(1, 10)),
    containment=Text(text.PROSE),
    correction=Text(text.PROSE),
    disposition=Text(text.PROSE),
    on_market=Choice(reporting.DECISIONS),
    reportable=reporting.DECISION,
    begins_on=Day(),
    ends_on=Day(),
    cause=Text(text.PROSE),
    no_cause_reason=Text(text.REASON),
    no_capa_reason=Text(text.REASON),
    form_version=Text(text.NAME),
    attachments=ListOf(FileId(), 50),
)
EventContent = Annotated[dict[str, Any], CONTENT]
Severity = Annotated[str, CONTENT.types["severity"]]
Risk = Annotated[dict[str, Any], CONTENT.types["risk"]]
Reportable = Annotated[dict[str, Any], CONTENT.types["reportable"]]
Answer = Annotated[str, CONTENT.types["on_market"]]
_JUDGED = {name: CONTENT.types[name] for name in JUDGED_FIELDS}


class Judgement(Arguments):
    """QA's assessment, with a decision about telling an authority in full."""

    def check(self, path: str, value: object) -> dict[str, object]:
        """The given arguments; raises Invalid also for half a decision."""
        checked = super().check(path, value)
        decision = checked.get("reportable")
        return checked if decision is None else {**checked, "reportable": reporting.completed(f"{path}.reportable", as_object(decision))}


JUDGED = Judgement("severity", "containment", due_on=Day(), **_JUDGED)
JUDGED_ANEW = Judgement("reason", reason=Text(text.REASON), **_JUDGED).clearing(
    "classification", "risk", "disposition", "on_market", "reportable"
)
CORRECTED = Arguments("reason", "type", reason=Text(text.REASON), type=Choice(TYPES))
WORKED_ON = (S.REPORTED, S.TRIAGED, S.UNDER_INVESTIGATION)
JUDGES = QA & NOT_CONTRIBUTOR
NOT_REPORTER = Relation[Dossier](
    "not_reporter",
    lambda found, by: found.record.created_by != by.person_id,
    Sentence("own_report", "You reported this yourself, so another QA member must triage it."),
)


def _triaged_at_all(found: Dossier, _: Actor) -> Sentence | None:
    return why_never(found, "triage")


WORKFLOW = Workflow[Dossier](
    "event",
    "event",
    {**dict.fromkeys((*WORKED_ON, S.PERMITTED), Phase.OPEN), S.CLOSED: Phase.DONE, S.CANCELLED: Phase.ENDED},
    #    step           from         to           who            gate          function        signature       needs
    Step("edit", WORKED_ON, SAME, ACTION_OWNERS, Gate.DIRECT, "edit_record", None, (not_in_approval,)),
    Step("triage", (S.REPORTED,), S.TRIAGED, QA & NOT_REPORTER, Gate.SIGNED, "triage_event", "triaged", (_triaged_at_all,), told=JUDGED),
    Step("reclassify", WORKED_ON[1:], SAME, QA, Gate.SIGNED, "reclassify_event", "reclassified", (not_in_approval,), told=JUDGED_ANEW),
    Step("investigate", (S.TRIAGED,), S.UNDER_INVESTIGATION, ACTION_OWNERS, Gate.DIRECT, "open_investigation", None, (not_in_approval,)),
    Step("set_back", (S.UNDER_INVESTIGATION,), S.TRIAGED, SYSTEM),
    Step("correct_type", WORKED_ON, SAME, QA, Gate.SIGNED, "correct_event_type", "corrected", (not_in_approval,), told=CORRECTED),
    Step("close", (*WORKED_ON[1:], S.PERMITTED), S.CLOSED, ACTION_OWNERS, Gate.CHANGE, "propose_change", version=True),
    Step("permit", (S.REPORTED,), S.PERMITTED, ACTION_OWNERS, Gate.CHANGE, "propose_change", version=True),
    Step("cancel", WORKED_ON[:2], S.CANCELLED, JUDGES, Gate.SIGNED, "cancel_event", "cancelled", (not_in_approval,), told=REASON),
    Step("reopen", (S.CLOSED,), S.TRIAGED, QA, Gate.SIGNED, "reopen_event", "reopened", told=REASON),
)


def qa_only(status: str) -> frozenset[str]:
    """The fields that only QA sets: at triage, later by a signed reclassification."""
    return TRIAGE if status == S.REPORTED else TRIAGE | MEASURES


def type_named(name: str) -> str:
    """The type of event that `name` says; raises Invalid naming `type`."""
    return text.word("type", name, TYPES)


def refuse_contradictions(type_: str | None, given: Content, at: datetime) -> None:
    """Raise Invalid if an event was detected before it occurred or lies in the future; a planned deviation may."""
    occurred, detected = moment(given.get("occurred_at")), moment(given.get("detected_at"))
    for name, when in (("occurred_at", occurred), ("detected_at", detected)):
        if when is not None and when > at and not rules_of(type_).permitted:
            raise Invalid(
                f"content.{name}", Sentence("lies_in_the_future", "This lies in the future; an event is reported once it has happened.")
            )
    if occurred is not None and detected is not None and detected < occurred:
        raise Invalid("content.detected_at", Sentence("detected_before_occurred", "This is before the event occurred."))


def why_never(found: Dossier, step: str) -> Sentence | None:
    """Why events of this type don't take a step at all; None where they do."""
    permitted = rules_of(found.record.type).permitted
    if permitted and step == "triage":
        return Sentence("permitted_beforehand", "A planned deviation isn't triaged: a change permits it before it begins (step permit).")
    if not permitted and step == "permit":
        return Sentence("not_permitted_beforehand", "Only a planned deviation is permitted beforehand; QA triages this (triage_event).")
    return None


def why_not(kind: Kind, found: Dossier, step: str) -> Sentence | None:
    """Why a change can't take a step: the type has none, or the state."""
    return why_never(found, step) or state_refuses(kind, found, step)


def apply(kind: Kind, item: Item, found: Dossier, change: Change, today: date, at: datetime) -> Outcome:
    """Apply one item of an approved change; what is permitted is due on its last day."""
    outcome = apply_item(kind, item, found, change, today, at)
    if item.step != "permit":
        return outcome
    return replace(outcome, saves=tuple(_due_at_its_end(row) for row in outcome.saves))


def _due_at_its_end(row: object) -> object:
    return replace(row, due_on=date.fromisoformat(str(row.content["ends_on"]))) if isinstance(row, Record) else row


KIND = Kind(
    workflow=WORKFLOW,
    content=CONTENT,
    prefixes=dict.fromkeys(TYPES, "EVT"),
    qa_only=qa_only,
    stated_at_closing=frozenset({"disposition"}),
    refuse_contradictions=refuse_contradictions,
    unmet=unmet,
    why_not=why_not,
    apply=apply,
    why_never=why_never,
)
