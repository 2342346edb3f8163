"""The dashboard's figures, from tallies."""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.reports import dashboard

TODAY = date(2026, 3, 15)


@given(st.lists(st.integers(min_value=0, max_value=400), min_size=1, max_size=60))
def test_the_median_of_a_histogram_is_that_of_the_values(values: list[int]) -> None:
    assert dashboard.median(Counter(values)) == statistics.median(values)


def test_of_nothing_there_is_no_median() -> None:
    assert dashboard.median({}) is None


@pytest.mark.parametrize(
    ("days", "group"),
    [(-1, "under_7"), (0, "under_7"), (6, "under_7"), (7, "to_30"), (30, "to_30"), (31, "to_90"), (90, "to_90"), (91, "over_90")],
)
def test_what_is_open_falls_into_one_age_group(days: int, group: str) -> None:
    shown = dashboard.ages({str(TODAY - timedelta(days=days)): 3}, TODAY)
    assert shown == dict.fromkeys(("under_7", "to_30", "to_90", "over_90"), 0) | {group: 3}


def test_the_last_twelve_months_end_with_this_one() -> None:
    shown = dashboard.months(TODAY)
    assert (len(shown), shown[0], shown[-1]) == (12, date(2025, 4, 1), date(2026, 3, 1))
    assert dashboard.months(date(2026, 12, 31))[0] == date(2026, 1, 1)


def test_each_month_of_the_trend_names_every_kind() -> None:
    tallies = {("opened", "event"): {"2026-03-01": 4}, ("closed", "change"): {"2025-04-01": 2}}
    shown = dashboard.trend(tallies, TODAY)
    assert [row["month"] for row in shown][:2] == ["2025-04", "2025-05"]
    assert shown[0]["kinds"] == [{"kind": "change", "opened": 0, "closed": 2}, {"kind": "event", "opened": 0, "closed": 0}]
    assert shown[-1]["kinds"] == [{"kind": "change", "opened": 0, "closed": 0}, {"kind": "event", "opened": 4, "closed": 0}]


def test_compliance_counts_neither_waived_nor_obsolete_trainings() -> None:
    by_status = {"assigned": 2, "locked": 1, "completed": 6, "waived": 5, "obsolete": 9, "withdrawn": 9}
    assert dashboard.compliance(by_status, 1) == {"assigned": 3, "completed": 6, "overdue": 1, "waived": 5, "percent": 66.7}
    assert dashboard.compliance({}, 0)["percent"] is None


def test_the_overview_says_what_is_late_and_how_long_things_take() -> None:
    tallies = {
        ("open", "event"): {"2026-03-14": 1, "2025-01-01": 2},
        ("due", "event"): {"2026-03-01": 2},
        ("took", "event"): {"3": 1, "5": 2, "100": 1},
        ("status", "completed"): {"": 1},
        ("due", "assignment"): {"2026-03-01": 4},
    }
    shown = dashboard.overview(tallies, TODAY)
    assert shown["open_by_kind"] == [{"kind": "event", "total": 3, "ages": {"under_7": 1, "to_30": 0, "to_90": 0, "over_90": 2}}]
    assert shown["overdue"] == [{"kind": "assignment", "count": 4}, {"kind": "event", "count": 2}]
    assert shown["cycle_time"] == [{"kind": "event", "closed": 4, "median_days": 5}]
    assert shown["training_compliance"]["overdue"] == 4
