"""Rows of the lists of records that show more than a record in any list."""

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import Named
from shared.answers.records import Brief


class PlannedAction(TypedDict):
    """An action of a plan, as a board shows it."""

    id: str
    kind: str
    description: str
    status: str
    owner: Named | None
    due_on: str


class CapaPlanBrief(Brief):
    """A CAPA plan in a list, with its actions in the order in which they fall due; those of a plan in draft stand in its content."""

    actions: list[PlannedAction]


class WaitingVersion(TypedDict):
    """An approved version that waits for its day."""

    version: int
    effective_on: str | None


class DocumentBrief(Brief):
    """A document in a list: since when its version is in force, and for staff the approved version that waits."""

    effective_on: str | None
    waiting: WaitingVersion | None
