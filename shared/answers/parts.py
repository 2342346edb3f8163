"""What stands within many answers: people and teams by name, other records, the buttons."""

from collections.abc import Iterable

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.domain.kernel import workflow
from shared.domain.records import records


class Named(TypedDict):
    """A person or a team by name."""

    id: str
    name: str


class OpenStep(TypedDict):
    """A step, open or with the sentence that says why not."""

    step: str
    function: str
    open: bool
    why_not: str | None


class Pointer(TypedDict):
    """Another record."""

    id: str
    kind: str
    number: str
    title: str
    status: str


def steps(open_steps: Iterable[workflow.OpenStep]) -> list[OpenStep]:
    """The buttons: every step, open or with its reason why not."""
    return [{"step": one.step, "function": one.function, "open": one.open, "why_not": one.why_not} for one in open_steps]


def pointer(record: records.Record) -> Pointer:
    """A record as another one names it."""
    return {"id": str(record.id), "kind": record.kind, "number": record.number, "title": record.title, "status": record.status}
