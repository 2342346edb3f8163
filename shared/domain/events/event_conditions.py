"""What an event must say and have done before it closes or is permitted (ISO 13485 8.3, 8.5.2), by its type and severity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from shared.domain.capa import capa_plans
from shared.domain.events import investigations, reporting
from shared.domain.events.event_types import EventType, Market, Need, rules_of
from shared.domain.kernel.content import Content, moment
from shared.domain.kernel.sentences import Sentence, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.domain.records.dossiers import Dossier

LATE_AFTER = timedelta(hours=24)
# What product an event is about, number by number; before it could be several there was a field for one, which means the same.
NUMBERS = {"batch": "batches", "serial": "serials", "udi": "udis"}
STOPPED = capa_plans.Status.CANCELLED


def unmet(found: Dossier, step: str, given: Content, today: date) -> list[Sentence]:
    """One sentence for each thing that an event lacks before it is permitted or closes."""
    if step == "permit":
        return list(_of_permission(found, given, today))
    if step != "close":
        return []
    rules = rules_of(found.record.type)
    return [sentence for condition in CONDITIONS for sentence in condition(found, given, rules)]


def _of_permission(found: Dossier, given: Content, today: date) -> Iterator[Sentence]:
    """A planned deviation is permitted before it begins, and has an end."""
    number = found.record.number
    for name in ("begins_on", "ends_on"):
        if not given.get(name):
            yield Sentence("permission_needs_days", "{number} needs its first and its last day ({field}).", number=number, field=name)
    begins_on = given.get("begins_on")
    if isinstance(begins_on, str) and date.fromisoformat(begins_on) < today:
        yield Sentence(
            "begun_already",
            "{number} began on {day}; a planned deviation is permitted before it begins. Report what happened as a deviation.",
            number=number,
            day=begins_on,
        )


def _of_product(found: Dossier, given: Content, rules: EventType) -> Iterator[Sentence]:
    wanted = [name for name in rules.closing if not given.get(name)]
    affected = names_product(given)
    wanted += [name for name in ("correction", "disposition") if affected and not given.get(name)]
    for name in wanted:
        if name in rules.closing:
            yield Sentence("field_needed_to_close", "{number} needs {missing}.", number=found.record.number, missing=Term(name))
        else:
            yield Sentence(
                "product_affected", "{number} affects product: give the {missing}.", number=found.record.number, missing=Term(name)
            )


def _of_causes(found: Dossier, given: Content, rules: EventType) -> Iterator[Sentence]:
    number, severity = found.record.number, str(given.get("severity") or "")
    if not (rules.permitted or given.get("cause") or given.get("no_cause_reason") or _concluded(found)):
        yield Sentence("event_needs_cause", "{number} needs a cause, or the reason why there is none.", number=number)
    if rules.investigation.of(severity) is Need.YES and not _concluded(found):
        asks = Term(_asks(found, severity))
        yield Sentence("investigation_needed", "{number} is {severity}: conclude an investigation first.", number=number, severity=asks)


def _asks(found: Dossier, severity: str) -> str:
    """What asks for the investigation: the severity, or the type where that asks for one at each severity."""
    asked = rules_of(found.record.type).investigation
    return str(found.record.type) if asked.minor is Need.YES else severity


def _of_plans(found: Dossier, given: Content, rules: EventType) -> Iterator[Sentence]:
    if given.get("no_capa_reason"):
        return
    plans = found.linked(capa_plans.KIND.name)
    waiting = tuple(plan.number for plan in plans if plan.status in capa_plans.NOT_IMPLEMENTED)
    if waiting:
        yield Sentence(
            "plans_not_implemented",
            "{plans} isn't implemented yet; wait for it, or give the reason for not waiting (no_capa_reason).",
            plans=waiting,
        )
    elif rules.plan.of(given.get("severity")) is Need.IF_BEGUN and plans and all(plan.status == STOPPED for plan in plans):
        yield Sentence(
            "plan_was_cancelled",
            "Cancelled: {plans:and}. Plan anew, or give the reason why no plan is needed (no_capa_reason).",
            plans=tuple(plan.number for plan in plans),
        )


def _of_authority(found: Dossier, given: Content, rules: EventType) -> Iterator[Sentence]:
    number, decision = found.record.number, given.get("reportable")
    asked = {
        Market.ALWAYS: True,
        Market.WITH_PRODUCT: names_product(given) or given.get("on_market") == "yes",
        Market.ON_MARKET: given.get("on_market") == "yes",
    }
    if asked[rules.authority] and not reporting.is_decided(decision):
        yield Sentence(
            "reportability_undecided",
            "{number} may concern an authority: QA must decide whether it is reportable.",
            number=number,
        )
    if reporting.is_owed(decision):
        yield Sentence(
            "report_owed",
            "{number} is reportable: QA gives the day and the reference of the report to the authority first (reclassify_event).",
            number=number,
        )


def _of_lateness(found: Dossier, given: Content, _rules: EventType) -> Iterator[Sentence]:
    if reported_late(given, found.record.created_at) and not given.get("late_reason"):
        yield Sentence(
            "late_reason_needed",
            "{number} was reported more than 24 hours after it was detected: give the reason (late_reason).",
            number=found.record.number,
        )


CONDITIONS: tuple[Callable[[Dossier, Content, EventType], Iterator[Sentence]], ...] = (
    _of_product,
    _of_causes,
    _of_plans,
    _of_authority,
    _of_lateness,
)


def names_product(given: Content) -> bool:
    """Whether the event is about product."""
    return bool(given.get("product")) or any(identified(given, name) for name in NUMBERS)


def identified(given: Content, name: str) -> list[str]:
    """Every batch, serial or UDI that content names, whether in the field for one or in that for several."""
    one, several = given.get(name), given.get(NUMBERS[name])
    return list(dict.fromkeys(str(value) for value in ([one] if one else []) + (several if isinstance(several, list) else [])))


def reported_late(given: Content, reported_at: datetime) -> bool:
    """Whether more than a day went by between detection and report."""
    detected = moment(given.get("detected_at"))
    return detected is not None and reported_at - detected > LATE_AFTER


def risk_number(given: Content) -> int | None:
    """The risk priority number: severity x occurrence x detection, 1 to 1,000 (IEC 60812)."""
    risk = given.get("risk")
    return int(risk["severity"]) * int(risk["occurrence"]) * int(risk["detection"]) if isinstance(risk, Mapping) else None


def _concluded(found: Dossier) -> bool:
    return any(one.status == investigations.Status.CONCLUDED for one in found.linked(investigations.KIND.name))
