"""The shape of the dashboard."""

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11


class Task(TypedDict):
    """Something that waits for the person who asks."""

    id: str
    kind: str
    number: str
    title: str
    status: str
    due_on: str | None
    record_id: str | None


class Tasks(TypedDict):
    """At most twenty of a sort, the most pressing first; `count` stops at a hundred."""

    count: int
    items: list[Task]


class MyTasks(TypedDict):
    """What waits for the person who asks: to complete, to sign, to do, to finish and to decide."""

    assignments: Tasks
    approval_requests: Tasks
    actions: Tasks
    changes: Tasks
    extensions: Tasks


class Ages(TypedDict):
    """How many were opened less than 7 days ago, 7 to 30, 31 to 90, and earlier."""

    under_7: int
    to_30: int
    to_90: int
    over_90: int


class OpenOfKind(TypedDict):
    """What of a kind is under way."""

    kind: str
    total: int
    ages: Ages


class OverdueOfKind(TypedDict):
    """What of a kind is overdue."""

    kind: str
    count: int


class CycleTime(TypedDict):
    """How many of a kind were brought to their end in the last twelve months, and the days that they took, in the middle."""

    kind: str
    closed: int
    median_days: float | None


class MonthOfKind(TypedDict):
    """What of a kind was opened and closed in a month."""

    kind: str
    opened: int
    closed: int


class Month(TypedDict):
    """A month, as YYYY-MM."""

    month: str
    kinds: list[MonthOfKind]


class Compliance(TypedDict):
    """Assigned trainings: still to be done, completed, overdue, waived; `percent` is completed of those and the completed."""

    assigned: int
    completed: int
    overdue: int
    waived: int
    percent: float | None


class Dashboard(TypedDict):
    """One's own tasks; for an Action Owner, QA and an inspector also how the organisation's work stands."""

    my_tasks: MyTasks
    open_by_kind: NotRequired[list[OpenOfKind]]
    overdue: NotRequired[list[OverdueOfKind]]
    cycle_time: NotRequired[list[CycleTime]]
    trend: NotRequired[list[Month]]
    training_compliance: NotRequired[Compliance]
