"""The dashboard's figures: open work by age, overdue work, cycle times, a twelve-month trend and training compliance.

They are computed from tallies: for each measure and kind, counts by day, by month or by duration in days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

Tallies = Mapping[tuple[str, str], Mapping[str, int]]
Json = dict[str, Any]
MONTHS = 12
# Each age group begins after this many days.
AGES = {"under_7": -1, "to_30": 6, "to_90": 30, "over_90": 90}


def months(today: date) -> list[date]:
    """The first days of the last twelve months, this one included, the oldest first."""
    ordinal = today.year * 12 + today.month - 1
    return [date(*divmod_month(ordinal - back)) for back in range(MONTHS - 1, -1, -1)]


def divmod_month(ordinal: int) -> tuple[int, int, int]:
    """The year, month and day 1 of a month counted from year 0."""
    return ordinal // 12, ordinal % 12 + 1, 1


def ages(by_day: Mapping[str, int], today: date) -> dict[str, int]:
    """The number of things by age (under 7 days, 7 to 30, 31 to 90, over 90), from their number by opening day."""
    groups = dict.fromkeys(AGES, 0)
    for day, number in by_day.items():
        age = max((today - date.fromisoformat(day)).days, 0)
        groups[next(name for name in reversed(AGES) if age > AGES[name])] += number
    return groups


def median(by_value: Mapping[int, int]) -> float | None:
    """The median of a histogram; None if it is empty."""
    total = sum(by_value.values())
    if total <= 0:
        return None
    middle, passed = [], 0
    for value in sorted(by_value):
        before, passed = passed, passed + by_value[value]
        middle += [value for place in {(total - 1) // 2, total // 2} if before <= place < passed]
    return sum(middle) / len(middle)


def compliance(by_status: Mapping[str, int], overdue: int) -> Json:
    """Training compliance: the share of completed among completed and open assignments; None if there are none. Waived ones don't count."""
    assigned = by_status.get("assigned", 0) + by_status.get("locked", 0)
    completed = by_status.get("completed", 0)
    asked = assigned + completed
    percent = round(100 * completed / asked, 1) if asked else None
    return {"assigned": assigned, "completed": completed, "overdue": overdue, "waived": by_status.get("waived", 0), "percent": percent}


def overview(tallies: Tallies, today: date) -> Json:
    """The organisation's figures: all of the dashboard except the caller's own tasks."""
    opened = {kind: ages(by_day, today) for kind, by_day in _of(tallies, "open").items()}
    late = {kind: sum(by_day.values()) for kind, by_day in _of(tallies, "due").items()}
    took = {kind: {int(days): number for days, number in row.items()} for kind, row in _of(tallies, "took").items()}
    statuses = {status: sum(row.values()) for status, row in _of(tallies, "status").items()}
    return {
        "open_by_kind": [{"kind": kind, "total": sum(groups.values()), "ages": groups} for kind, groups in opened.items()],
        "overdue": [{"kind": kind, "count": number} for kind, number in late.items() if number],
        "cycle_time": [{"kind": kind, "closed": sum(row.values()), "median_days": median(row)} for kind, row in took.items()],
        "trend": trend(tallies, today),
        "training_compliance": compliance(statuses, late.get("assignment", 0)),
    }


def trend(tallies: Tallies, today: date) -> list[Json]:
    """How many were opened and closed in each of the last twelve months, by kind."""
    opened, closed = _of(tallies, "opened"), _of(tallies, "closed")
    return [
        {
            "month": month.isoformat()[:7],
            "kinds": [
                {"kind": kind, "opened": opened.get(kind, {}).get(str(month), 0), "closed": closed.get(kind, {}).get(str(month), 0)}
                for kind in sorted({*opened, *closed})
            ],
        }
        for month in months(today)
    ]


def _of(tallies: Tallies, measure: str) -> dict[str, Mapping[str, int]]:
    return {kind: row for (of, kind), row in sorted(tallies.items()) if of == measure}
