"""Parts that many answers share: people and teams by name, other records, open steps."""

from collections.abc import Iterable

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.domain.kernel import workflow
from shared.domain.records import records


class Named(TypedDict):
    """A person or a team by name."""

    id: str
    name: str


class OpenStep(TypedDict):
    """A step, open or with the reason why not."""

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
    """Every step, open or with the reason why not (the web application's buttons)."""
    return [{"step": one.step, "function": one.function, "open": one.open, "why_not": one.why_not} for one in open_steps]


def pointer(record: records.Record) -> Pointer:
    """A short reference to a record."""
    return {"id": str(record.id), "kind": record.kind, "number": record.number, "title": record.title, "status": record.status}
