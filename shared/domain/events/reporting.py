"""Whether an event is told to an authority, by which rule, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from shared.domain.kernel import text
from shared.domain.kernel.content import Choice, Day, Fields, Text
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import MISSING, Sentence
from shared.domain.kernel.values import dataclass

DECISIONS = ("yes", "no")
SATURDAY = 5  # as date.weekday() counts


@dataclass(frozen=True)
class Rule:
    """A rule that has events told to an authority within `days` of the day of awareness; None: within the days that QA gives.

    Working days are Monday to Friday. Holidays count as working days, so that a deadline is never later than the authority's own.
    """

    source: str
    days: int | None
    working: bool = False


RULES: Mapping[str, Rule] = {
    "mdr_serious_incident": Rule("Regulation (EU) 2017/745, Article 87(3)", 15),
    "mdr_public_health_threat": Rule("Regulation (EU) 2017/745, Article 87(4)", 2),
    "mdr_death_or_deterioration": Rule("Regulation (EU) 2017/745, Article 87(5)", 10),
    "mdr_field_safety_corrective_action": Rule("Regulation (EU) 2017/745, Article 87(8): before the action begins", 0),
    "ivdr_serious_incident": Rule("Regulation (EU) 2017/746, Article 82(3)", 15),
    "ivdr_public_health_threat": Rule("Regulation (EU) 2017/746, Article 82(4)", 2),
    "ivdr_death_or_deterioration": Rule("Regulation (EU) 2017/746, Article 82(5)", 10),
    "fda_device_report": Rule("21 CFR 803.50(a)", 30),
    "fda_device_five_day_report": Rule("21 CFR 803.53", 5, working=True),
    "fda_correction_or_removal": Rule("21 CFR 806.10(b)", 10, working=True),
    "fda_field_alert": Rule("21 CFR 314.81(b)(1)", 3, working=True),
    "other": Rule("another authority's rule", None),
}


def deadline_of(rule: Rule, aware_on: date) -> date | None:
    """The last day on which the authority is told; the day of awareness itself isn't counted."""
    if rule.days is None:
        return None
    day, left = aware_on, rule.days
    while left:
        day += timedelta(days=1)
        left -= not (rule.working and day.weekday() >= SATURDAY)
    return day


DECISION = Fields(
    decision=Choice(DECISIONS),
    rule=Choice(tuple(RULES)),
    aware_on=Day(),
    deadline=Day(),
    reason=Text(text.REASON),
    reported_on=Day(),
    reference=Text(text.NAME),
)


def completed(path: str, checked: Mapping[str, object]) -> dict[str, object]:
    """QA's decision with its deadline: `yes` gives its rule and the day of awareness, from which that follows; `no` gives its reason.

    Raises Invalid naming what is missing or contradicts the rest.
    """
    given = {name: item for name, item in checked.items() if item is not None}
    if given.get("decision") == "no" and "reason" not in given:
        raise Invalid(f"{path}.reason", Sentence("not_reportable_needs_reason", "Say why this isn't reportable."))
    if given.get("decision") != "yes":
        return given
    if missing := [Invalid(f"{path}.{name}", MISSING) for name in ("rule", "aware_on") if name not in given]:
        raise Invalid.together(missing)
    aware_on, rule = date.fromisoformat(str(given["aware_on"])), RULES[str(given["rule"])]
    _refuse_half_a_report(path, given)
    return {**given, "deadline": _deadline(f"{path}.deadline", rule, aware_on, given.get("deadline"))}


def _deadline(path: str, rule: Rule, aware_on: date, given: object) -> str:
    computed = deadline_of(rule, aware_on)
    if computed is None:
        if given is None:
            raise Invalid(path, Sentence("rule_has_no_deadline", "This rule has no deadline of its own: give the authority's."))
        return str(given)
    if given not in (None, str(computed)):
        raise Invalid(
            path,
            Sentence(
                "deadline_follows",
                "By {source} the deadline is {deadline}; leave it out, or give another rule or day of awareness.",
                source=rule.source,
                deadline=computed,
            ),
        )
    return str(computed)


def _refuse_half_a_report(path: str, given: Mapping[str, Any]) -> None:
    both = ("reported_on", "reference")
    if missing := [name for name in both if name not in given and any(other in given for other in both)]:
        raise Invalid(
            f"{path}.{missing[0]}",
            Sentence("report_needs_day_and_reference", "A report to the authority is given by its day and its reference together."),
        )
    if "reported_on" in given and given["reported_on"] < given["aware_on"]:
        raise Invalid(f"{path}.reported_on", Sentence("reported_before_awareness", "This is before the day of awareness."))


def is_decided(given: object) -> bool:
    """Whether QA decided about telling an authority."""
    return isinstance(given, Mapping) and bool(given.get("decision"))


def is_owed(given: object) -> bool:
    """Whether an authority must still be told."""
    return isinstance(given, Mapping) and given.get("decision") == "yes" and not given.get("reference")
