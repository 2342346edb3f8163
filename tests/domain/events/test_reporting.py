"""An authority is told in time: the deadline follows from the rule and the day of awareness (MDR 87, 21 CFR 803)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.events.reporting import DECISION, RULES, completed, deadline_of, is_decided, is_owed
from shared.domain.kernel.errors import Invalid

FRIDAY = date(2026, 1, 2)


@pytest.mark.clause("MDR 87")
@pytest.mark.parametrize(
    ("rule", "deadline"),
    [
        ("mdr_serious_incident", "2026-01-17"),
        ("mdr_death_or_deterioration", "2026-01-12"),
        ("mdr_public_health_threat", "2026-01-04"),
        ("mdr_field_safety_corrective_action", "2026-01-02"),
        ("ivdr_serious_incident", "2026-01-17"),
        ("fda_device_report", "2026-02-01"),
        ("fda_device_five_day_report", "2026-01-09"),
        ("fda_correction_or_removal", "2026-01-16"),
        ("fda_field_alert", "2026-01-07"),
    ],
)
def test_the_deadline_follows_from_the_rule_and_the_day_of_awareness(rule: str, deadline: str) -> None:
    assert str(deadline_of(RULES[rule], FRIDAY)) == deadline
    decided = completed("reportable", {"decision": "yes", "rule": rule, "aware_on": str(FRIDAY)})
    assert decided["deadline"] == deadline
    assert completed("reportable", decided) == decided, "said again, it is the same"


@given(st.sampled_from(sorted(set(RULES) - {"other"})), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_no_deadline_falls_on_a_weekend_where_working_days_count_nor_before_awareness(name: str, aware_on: date) -> None:
    rule = RULES[name]
    deadline = deadline_of(rule, aware_on)
    assert deadline is not None
    assert deadline >= aware_on
    assert not rule.working or deadline.weekday() < 5
    assert rule.working or (deadline - aware_on).days == rule.days


YES = {"decision": "yes", "rule": "mdr_serious_incident", "aware_on": "2026-01-02"}


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        ({"decision": "yes"}, "rule"),
        ({"decision": "yes", "rule": "other"}, "aware_on"),
        ({"decision": "yes", "rule": "other", "aware_on": "2026-01-02"}, "deadline"),
        ({**YES, "deadline": "2026-03-01"}, "deadline"),
        ({**YES, "reported_on": "2026-01-05"}, "reference"),
        ({**YES, "reference": "FAMHP-1"}, "reported_on"),
        ({**YES, "reference": "FAMHP-1", "reported_on": "2026-01-01"}, "reported_on"),
        ({"decision": "no"}, "reason"),
    ],
)
def test_half_a_decision_is_refused_by_its_field(decision: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        completed("reportable", DECISION.check("reportable", decision))
    assert refused.value.field == f"reportable.{field}"


def test_a_rule_that_isnt_in_the_table_has_the_deadline_that_qa_gives() -> None:
    other = {"decision": "yes", "rule": "other", "aware_on": "2026-01-02", "deadline": "2026-01-30"}
    assert completed("reportable", other) == other


def test_what_is_reported_is_owed_no_more() -> None:
    assert is_owed(completed("reportable", YES))
    assert not is_owed(completed("reportable", {**YES, "reported_on": "2026-01-03", "reference": "FAMHP-1"}))
    assert not is_owed({"decision": "no", "reason": "No harm"})
    assert [is_decided(given) for given in (None, {}, {"reason": "Unsure"}, YES)] == [False, False, False, True]
