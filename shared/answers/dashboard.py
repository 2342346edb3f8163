"""The shape of the dashboard."""

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11


class Task(TypedDict):
    """A task of the caller."""

    id: str
    kind: str
    number: str
    title: str
    status: str
    due_on: str | None
    record_id: str | None


class Tasks(TypedDict):
    """Up to twenty tasks of a kind, most urgent first; `count` stops at a hundred."""

    count: int
    items: list[Task]


class MyTasks(TypedDict):
    """The caller's tasks: trainings to complete, requests to sign, actions to do, changes to finish, extensions to decide."""

    assignments: Tasks
    approval_requests: Tasks
    actions: Tasks
    changes: Tasks
    extensions: Tasks


class Ages(TypedDict):
    """The number opened less than 7 days ago, 7 to 30, 31 to 90, and over 90."""

    under_7: int
    to_30: int
    to_90: int
    over_90: int


class OpenOfKind(TypedDict):
    """The open work of a kind, by age."""

    kind: str
    total: int
    ages: Ages


class OverdueOfKind(TypedDict):
    """The overdue work of a kind."""

    kind: str
    count: int


class CycleTime(TypedDict):
    """The number of a kind closed in the last twelve months, and their median duration in days."""

    kind: str
    closed: int
    median_days: float | None


class MonthOfKind(TypedDict):
    """The number of a kind opened and closed in a month."""

    kind: str
    opened: int
    closed: int


class Month(TypedDict):
    """A month, as YYYY-MM."""

    month: str
    kinds: list[MonthOfKind]


class Compliance(TypedDict):
    """Training compliance: open, completed, overdue and waived assignments; `percent` is completed of open and completed."""

    assigned: int
    completed: int
    overdue: int
    waived: int
    percent: float | None


class PeopleFigures(TypedDict):
    """Active members, open invitations, those of them that lapse within three days or whose mail bounced, and members without mail."""

    members: int
    open_invitations: int
    lapsing_invitations: int
    mail_problems: int


class Dashboard(TypedDict):
    """The caller's tasks; for an Action Owner, QA or an inspector also the organisation's figures, for an admin those of its people."""

    my_tasks: MyTasks
    people: NotRequired[PeopleFigures]
    open_by_kind: NotRequired[list[OpenOfKind]]
    overdue: NotRequired[list[OverdueOfKind]]
    cycle_time: NotRequired[list[CycleTime]]
    trend: NotRequired[list[Month]]
    training_compliance: NotRequired[Compliance]
