"""Usage data for analysts: anonymous counts in documented tables (GDPR recital 26).

Nobody may be singled out, linked or inferred. So a row is published only for a group of at least 11 people in at least 5 organisations,
none of whom contributed most of it. Where a total is published too, further rows are suppressed until the total reveals none of them.
Counts are rounded, so that subtracting two tables reveals no exact number. A release never changes: otherwise, when a person's data are
erased or expire, the changed rows would be exactly those that the person was in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction

from shared.domain.kernel.values import dataclass

PEOPLE = 11
ORGANISATIONS = 5
ROUNDING = 5  # counts are published as multiples of this
AT_LEAST = (11, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000)  # the published numbers of people
SIZES = ("1-10", "11-50", "51-250", "over 250")  # members of an organisation
Labels = Mapping[str, str | None]
Row = dict[str, object]

REFUSALS: Mapping[int, str] = {
    401: "signing failed",
    403: "not allowed",
    404: "not found",
    409: "wrong state",
    412: "changed meanwhile",
    422: "invalid input",
    428: "no etag",
}


def refusal_word(status: int) -> str | None:
    """The word under which a refusal with this HTTP status is counted; None if it isn't counted (busy, too large, no token)."""
    return REFUSALS.get(status)


@dataclass(frozen=True)
class Column:
    """One column; `kind` is BigQuery's type (DATE, STRING, INTEGER, FLOAT, ...). A required one is never empty."""

    name: str
    kind: str
    description: str
    required: bool = True


@dataclass(frozen=True)
class Table:
    """One table; `partition` is its DATE column, by which a day is replaced as a whole; `clustering` names at most four columns."""

    name: str
    description: str
    columns: tuple[Column, ...]
    partition: str
    clustering: tuple[str, ...] = ()


# The columns that may be exported; a table with any other column stops the export.
LABELS = ("day", "month", "function", "role", "outcome", "refusal", "kind", "step", "state", "size_band")
MEASURES = ("steps", "people", "taken", "records", "median_days", "p90_days", "organisations", "active_people", "things")
ALLOWED = frozenset((*LABELS, *MEASURES))
# The words that a text column may hold. Other text columns hold names of ours (NAME), so nothing that a person typed is exported.
WORDS: Mapping[str, frozenset[str]] = {
    "role": frozenset({"operator", "action_owner", "qa", "inspector", "admin", "none"}),
    "outcome": frozenset({"done", "refused"}),
    "refusal": frozenset(REFUSALS.values()),
    "size_band": frozenset(SIZES),
    "state": frozenset({"overdue", "in_time"}),
}
NAME = re.compile(r"[a-z]+(?:[_ ][a-z]+){0,9}")

_DAY = Column("day", "DATE", "The day on which it happened, UTC")
_MONTH = Column("month", "DATE", "The first day of the month, UTC")
_PEOPLE = Column("people", "INTEGER", "How many people at least: 11, 20, 50, 100 and so on; never added up, for people are in several rows")
_ROUNDED = "rounded to a multiple of 5"

USAGE = Table(
    name="usage_daily",
    description="Steps taken and refused, by day, function and role; rows of small groups are left out.",
    columns=(
        _DAY,
        Column("function", "STRING", "The function that was called, such as submit_change"),
        Column("role", "STRING", "The quality role of who called; admin for an admin without one, none for neither"),
        Column("outcome", "STRING", "done or refused"),
        Column("refusal", "STRING", "Why it was refused, such as 'wrong state'; empty where it was done", required=False),
        Column("steps", "INTEGER", f"How many times, {_ROUNDED}"),
        _PEOPLE,
    ),
    partition="day",
    clustering=("function", "role", "outcome"),
)
STEPS = Table(
    name="workflow_daily",
    description="Steps of the lifecycles that were taken, by day, whatever the role.",
    columns=(
        _DAY,
        Column("kind", "STRING", "The kind of record, such as change; several where a function is for more than one"),
        Column("step", "STRING", "The step of that kind's lifecycle, such as submit"),
        Column("taken", "INTEGER", f"How many times it was taken, {_ROUNDED}"),
    ),
    partition="day",
    clustering=("kind", "step"),
)
OVERDUE = Table(
    name="overdue_daily",
    description="What was open at the end of a day, in time or overdue.",
    columns=(
        _DAY,
        Column("kind", "STRING", "What was due, such as action"),
        Column("state", "STRING", "overdue where the due date had passed, in_time where it hadn't"),
        Column("things", "INTEGER", f"How many were open, {_ROUNDED}"),
        _PEOPLE,
    ),
    partition="day",
    clustering=("kind", "state"),
)
CYCLES = Table(
    name="cycle_times",
    description="How long things took that were finished in a month.",
    columns=(
        _MONTH,
        Column("kind", "STRING", "From what to what, such as submit_to_approve or event_to_close"),
        Column("records", "INTEGER", f"How many were finished, {_ROUNDED}"),
        Column("median_days", "FLOAT", "Half took no longer than this; to half a day"),
        Column("p90_days", "FLOAT", "Nine of ten took no longer than this; to half a day"),
    ),
    partition="month",
    clustering=("kind",),
)
ADOPTION = Table(
    name="adoption_monthly",
    description="Organisations and people who took a step in a month, by size of organisation.",
    columns=(
        _MONTH,
        Column("size_band", "STRING", "Members of the organisation: 1-10, 11-50, 51-250 or over 250"),
        Column("organisations", "INTEGER", f"How many organisations took a step, {_ROUNDED}"),
        Column("active_people", "INTEGER", f"How many of their members took a step, {_ROUNDED}; one in two organisations counts in each"),
    ),
    partition="month",
    clustering=("size_band",),
)
DAILY = (USAGE, STEPS, OVERDUE)
MONTHLY = (CYCLES, ADOPTION)


class NotAnonymous(RuntimeError):  # noqa: N818 - it says what the data would have been
    """The data hold something that isn't on the allow-list; the export stops before anything is sent."""


@dataclass(frozen=True)
class Cell:
    """One counted group: its labels, its people and organisations, its count, and the largest count of one person."""

    labels: Labels
    people: int
    organisations: int
    count: int
    most: int = 0
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def safe(self) -> bool:
        """Whether the group is large enough and no one person contributed more than half of it."""
        return self.people >= PEOPLE and self.organisations >= ORGANISATIONS and 2 * self.most <= self.count


def suppress(cells: Sequence[Cell], margins: Sequence[Sequence[str]] = ()) -> list[Cell]:
    """The cells that may be published if the totals over each of `margins` (the labels that a total keeps) are known too.

    A total minus its published cells is the sum of its hidden ones. If hidden sums, alone or combined, reveal only small groups, the
    smallest publishable cell beside them is hidden too (secondary suppression). A total whose cells are all hidden reveals only the whole
    group, which is checked as a cell of its own where it is published.
    """
    hidden = {index for index, cell in enumerate(cells) if not cell.safe}
    groups = _groups(cells, margins)
    while betrayed := _betrayed(cells, hidden, groups):
        for index in betrayed:
            beside = {other for group in groups if index in group for other in group} - hidden
            if beside:
                hidden.add(min(beside, key=lambda other: (cells[other].people, cells[other].count, _named(cells[other]))))
                break
    return [cell for index, cell in enumerate(cells) if index not in hidden]


def suppress_steps(cells: Sequence[Cell]) -> list[Cell]:
    """The cells of usage_daily that may be published beside workflow_daily, which gives each function's total of successes over all roles.

    Totals of refusals aren't published, so a rare cause forces no further suppression.
    """
    done = [cell for cell in cells if cell.labels["outcome"] == "done"]
    refused = [cell for cell in cells if cell.labels["outcome"] != "done"]
    return suppress(done, [("function",)]) + suppress(refused)


def _groups(cells: Sequence[Cell], margins: Sequence[Sequence[str]]) -> list[frozenset[int]]:
    found: dict[tuple[object, ...], set[int]] = {}
    for number, margin in enumerate(margins):
        for index, cell in enumerate(cells):
            found.setdefault((number, *(cell.labels.get(name) for name in margin)), set()).add(index)
    return [frozenset(group) for group in found.values()]


def _betrayed(cells: Sequence[Cell], hidden: set[int], groups: Sequence[frozenset[int]]) -> list[int]:
    """The cells of small groups that the totals reveal, found by eliminating every large hidden cell (exact Gaussian elimination)."""
    sums = [group & hidden for group in groups if group & hidden and group - hidden]
    for one in sums:
        if not any(cells[index].safe for index in one):
            return sorted(one)
    rows = [dict.fromkeys(one, Fraction(1)) for one in sorted(sums, key=len, reverse=True)]
    while rows:
        row = rows.pop()
        pivot = next((index for index in sorted(row) if cells[index].safe), None)
        if pivot is None:
            if row:
                return sorted(row)
            continue
        for other in rows:
            if pivot in other:
                _subtract(other, row, other[pivot] / row[pivot])
    return []


def _subtract(row: dict[int, Fraction], other: Mapping[int, Fraction], times: Fraction) -> None:
    for index, value in other.items():
        left = row.get(index, Fraction(0)) - times * value
        if left:
            row[index] = left
        else:
            row.pop(index, None)


def _named(cell: Cell) -> list[str]:
    return [str(value) for value in cell.labels.values()]


def rounded(count: float) -> int:
    """A count as it is published."""
    return int(ROUNDING * round(count / ROUNDING))


def at_least(people: int) -> int:
    """The published number of people: the largest step of AT_LEAST that isn't above it."""
    return max((bound for bound in AT_LEAST if bound <= people), default=0)


def size_band(members: int) -> str:
    """The size band of an organisation with so many members."""
    return SIZES[sum(members > limit for limit in (10, 50, 250))]


def publish(table: Table, cells: Iterable[Cell], name: str) -> list[Row]:
    """The rows to publish, one for each cell, with its count in the column `name`."""
    told = {column.name for column in table.columns}
    rows: list[Row] = []
    for cell in cells:
        row: Row = {**cell.labels, name: rounded(cell.count), **cell.values}
        rows.append(row | ({"people": at_least(cell.people)} if "people" in told else {}))
    return rows


def refuse_unlisted(tables: Iterable[Table]) -> None:
    """Raise NotAnonymous if a table has a column that isn't allowed."""
    for table in tables:
        if unlisted := {column.name for column in table.columns} - ALLOWED:
            raise NotAnonymous(f"{table.name} has columns that aren't on the list: {', '.join(sorted(unlisted))}.")


def refuse_unknown(table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    """Raise NotAnonymous if a row has a column that its table lacks, or a text that isn't a known word."""
    columns = {column.name: column for column in table.columns}
    for row in rows:
        if extra := row.keys() - columns.keys():
            raise NotAnonymous(f"{table.name} was given columns that it hasn't: {', '.join(sorted(extra))}.")
        for name, value in row.items():
            if columns[name].kind != "STRING" or value is None:
                continue
            known = value in WORDS[name] if name in WORDS else NAME.fullmatch(str(value)) is not None
            if not known:
                raise NotAnonymous(f"{table.name}.{name} was given a text that isn't a known word.")
