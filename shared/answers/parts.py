"""Parts that many answers share: people and teams by name, other records, open steps."""

from collections.abc import Iterable

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

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
