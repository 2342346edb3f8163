"""Events such as deviations and complaints, from report to closing (ISO 13485 8.3, 8.2.2-3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from shared.domain.capa import capa_plans
from shared.domain.events import investigations
from shared.domain.kernel import text
from shared.domain.kernel.arguments import REASON, Arguments
from shared.domain.kernel.content import Choice, Content, Day, Fields, FileId, Integer, ListOf, Moment, Text, Whole, moment
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.workflow import SAME, SYSTEM, Gate, Phase, Step, Workflow
from shared.domain.people.people import ACTION_OWNERS, QA
from shared.domain.records.dossiers import NOT_CONTRIBUTOR, Dossier, not_in_approval
from shared.domain.records.kind import Kind


class Status(StrEnum):
    """The status of an event."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    UNDER_INVESTIGATION = "under_investigation"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = Status
TYPES = (
    "deviation",
    "planned_deviation",
    "non_conformity",
    "out_of_specification",
    "complaint",
    "supplier_non_conformity",
    "incident",
    "near_miss",
    "audit_finding",
)
SEVERITIES = ("minor", "major", "critical")
DECISIONS = ("yes", "no")
LATE_AFTER = timedelta(hours=24)
TRIAGE = frozenset({"classification", "severity", "risk", "reportable"})
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
    reportable=Fields(decision=Choice(DECISIONS), reason=Text(text.REASON), deadline=Day(), reference=Text(text.NAME)),
    cause=Text(text.PROSE),
    no_cause_reason=Text(text.REASON),
    no_capa_reason=Text(text.REASON),
    form_version=Text(text.NAME),
    attachments=ListOf(FileId(), 50),
)
# What product an event is about, number by number; before it could be several there was a field for one, which means the same.
NUMBERS = {"batch": "batches", "serial": "serials", "udi": "udis"}
EventContent = Annotated[dict[str, Any], CONTENT]
Severity = Annotated[str, CONTENT.types["severity"]]
Risk = Annotated[dict[str, Any], CONTENT.types["risk"]]
Reportable = Annotated[dict[str, Any], CONTENT.types["reportable"]]
JUDGED_ANEW = Arguments(
    "reason",
    reason=Text(text.REASON),
    **{name: CONTENT.types[name] for name in ("severity", "classification", "risk", "containment", "disposition", "reportable")},
).clearing("classification", "risk", "disposition", "reportable")
WORKED_ON = (S.REPORTED, S.TRIAGED, S.UNDER_INVESTIGATION)
JUDGES = QA & NOT_CONTRIBUTOR
WORKFLOW = Workflow[Dossier](
    "event",
    "event",
    {**dict.fromkeys(WORKED_ON, Phase.OPEN), S.CLOSED: Phase.DONE, S.CANCELLED: Phase.ENDED},
    #    step           from         to           who            gate          function        signature       needs
    Step("edit", WORKED_ON, SAME, ACTION_OWNERS, Gate.DIRECT, "edit_record", None, (not_in_approval,)),
    Step("triage", (S.REPORTED,), S.TRIAGED, QA, Gate.DIRECT, "triage_event"),
    Step("reclassify", WORKED_ON[1:], SAME, QA, Gate.SIGNED, "reclassify_event", "reclassified", (not_in_approval,), told=JUDGED_ANEW),
    Step("investigate", (S.TRIAGED,), S.UNDER_INVESTIGATION, ACTION_OWNERS, Gate.DIRECT, "open_investigation", None, (not_in_approval,)),
    Step("set_back", (S.UNDER_INVESTIGATION,), S.TRIAGED, SYSTEM),
    Step("close", WORKED_ON[1:], S.CLOSED, ACTION_OWNERS, Gate.CHANGE, "propose_change", version=True),
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
        if when is not None and when > at and type_ != "planned_deviation":
            raise Invalid(
                f"content.{name}", Sentence("lies_in_the_future", "This lies in the future; an event is reported once it has happened.")
            )
    if occurred is not None and detected is not None and detected < occurred:
        raise Invalid("content.detected_at", Sentence("detected_before_occurred", "This is before the event occurred."))


def reported_late(given: Content, reported_at: datetime) -> bool:
    """Whether more than a day went by between detection and report."""
    detected = moment(given.get("detected_at"))
    return detected is not None and reported_at - detected > LATE_AFTER


def risk_number(given: Content) -> int | None:
    """The risk priority number: severity x occurrence x detection, 1 to 1,000 (IEC 60812)."""
    risk = given.get("risk")
    return int(risk["severity"]) * int(risk["occurrence"]) * int(risk["detection"]) if isinstance(risk, Mapping) else None


def identified(given: Content, name: str) -> list[str]:
    """Every batch, serial or UDI that content names, whether in the field for one or in that for several."""
    one, several = given.get(name), given.get(NUMBERS[name])
    return list(dict.fromkeys(str(value) for value in ([one] if one else []) + (several if isinstance(several, list) else [])))


def unmet(found: Dossier, step: str, given: Content, _today: date) -> list[Sentence]:
    """One sentence for each thing that an event lacks before it closes (ISO 13485 8.3, 8.5.2)."""
    if step != "close":
        return []
    number, needs = found.record.number, []
    if given.get("product") or any(identified(given, name) for name in NUMBERS):
        needs += [
            Sentence("product_affected", "{number} affects product: give the {missing}.", number=number, missing=Term(name))
            for name in ("correction", "disposition")
            if not given.get(name)
        ]
    if not (given.get("cause") or given.get("no_cause_reason") or _concluded(found)):
        needs.append(Sentence("event_needs_cause", "{number} needs a cause, or the reason why there is none.", number=number))
    if given.get("severity") in ("major", "critical") and not _concluded(found):
        needs.append(
            Sentence(
                "investigation_needed",
                "{number} is {severity}: conclude an investigation first.",
                number=number,
                severity=Term(str(given["severity"])),
            )
        )
    waiting = [plan.number for plan in found.linked(capa_plans.KIND.name) if plan.status in capa_plans.NOT_IMPLEMENTED]
    if waiting and not given.get("no_capa_reason"):
        needs.append(
            Sentence(
                "plans_not_implemented",
                "{plans} isn't implemented yet; wait for it, or give the reason for not waiting (no_capa_reason).",
                plans=tuple(waiting),
            )
        )
    reportable = given.get("reportable")
    if found.record.type == "complaint" and not (isinstance(reportable, Mapping) and reportable.get("decision")):
        needs.append(
            Sentence(
                "reportability_undecided",
                "{number} is a complaint: QA must decide whether it is reportable to an authority.",
                number=number,
            )
        )
    if reported_late(given, found.record.created_at) and not given.get("late_reason"):
        needs.append(
            Sentence(
                "late_reason_needed",
                "{number} was reported more than 24 hours after it was detected: give the reason (late_reason).",
                number=number,
            )
        )
    return needs


def _concluded(found: Dossier) -> bool:
    return any(one.status == investigations.Status.CONCLUDED for one in found.linked(investigations.KIND.name))


KIND = Kind(
    workflow=WORKFLOW,
    content=CONTENT,
    prefixes=dict.fromkeys(TYPES, "EVT"),
    qa_only=qa_only,
    stated_at_closing=frozenset({"disposition"}),
    refuse_contradictions=refuse_contradictions,
    unmet=unmet,
)
