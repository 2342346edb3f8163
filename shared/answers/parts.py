"""Parts that many answers share: people and teams by name, other records, open steps, what a change affects."""

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.rows import as_answers
from shared.domain.kernel import workflow
from shared.domain.kernel.workflow import Closed, Gate
from shared.domain.people.people import ACTION_OWNERS, Member
from shared.domain.records import records


class Named(TypedDict):
    """A person or a team by name."""

    id: str
    name: str


class OpenStep(TypedDict):
    """A step that the reader can take now, or the reason why not: a sentence, its code, and what closes the step.

    `subject_kind` and `meaning` are what start_signing takes, where the gate is a signature.
    """

    step: str
    function: str
    gate: Gate
    subject_kind: str | None
    meaning: str | None
    needs_reason: bool
    open: bool
    closed_by: Closed | None
    why_not: str | None
    code: str | None


class Pointer(TypedDict):
    """Another record."""

    id: str
    kind: str
    number: str
    title: str
    status: str


def named(id: object, name: str) -> Named:  # noqa: A002 - the API's word
    """A person or a team by name."""
    return {"id": str(id), "name": name}


def steps(open_steps: Iterable[workflow.OpenStep], by: Member) -> list[OpenStep]:
    """The steps on a thing, as the web application's buttons; a mere reader isn't shown the steps that are never theirs."""
    return [_shown(one) for one in open_steps if one.admitted or ACTION_OWNERS.admits(by)]


def _shown(one: workflow.OpenStep) -> OpenStep:
    return {
        "step": one.row.name,
        "function": one.row.function,
        "gate": one.row.gate,
        "subject_kind": one.subject_kind,
        "meaning": one.row.meaning,
        "needs_reason": one.row.needs_reason,
        "open": one.open,
        "closed_by": one.closed_by,
        "why_not": one.why_not,
        "code": one.code,
    }


def pointer(record: records.Record) -> Pointer:
    """A short reference to a record."""
    return {"id": str(record.id), "kind": record.kind, "number": record.number, "title": record.title, "status": record.status}


class Membership(TypedDict):
    """One membership of the signed-in person.

    `in_digest` and `not_told` name what waits of which they aren't told at once, or at all; `may` names the functions that it may call.
    """

    organisation: Named
    role: str | None
    admin: bool
    role_until: str | None
    printed_name: str | None
    policy_accepted_at: str | None
    in_digest: list[str]
    not_told: list[str]
    may: list[str]


class Concerned(Named):
    """A person whom a change concerns, and whether they are trained in what it asks of them."""

    trained: bool


class People(TypedDict):
    """The number of people whom a change concerns, the number untrained, and up to a hundred of them by name."""

    count: int
    untrained: int
    named: list[Concerned]


class Impact(TypedDict):
    """The records, trainings and people that a change affects."""

    records: list[Pointer]
    trainings: list[Pointer]
    people: People


def impact(found: Mapping[str, Any]) -> Impact:
    """The computed impact, beside the written one: records, trainings and people, the untrained first.

    It shows the newest hundred records and trainings, counts all people and names a hundred.
    """
    people = found["people"] or {"count": 0, "untrained": 0}
    return {
        "records": as_answers(Pointer, found["records"]),
        "trainings": as_answers(Pointer, found["trainings"]),
        "people": {"count": people["count"], "untrained": people["untrained"], "named": as_answers(Concerned, found["named"])},
    }
