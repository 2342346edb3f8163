"""The shape of the work list."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import Named
from shared.answers.rows import etag, written
from shared.domain.kernel.errors import Forbidden
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.waiting.waits import BY_NAME, is_escalated, is_overdue

if TYPE_CHECKING:
    from shared.domain.people.people import Member


Row = Mapping[str, Any]


class WorkSubject(TypedDict):
    """The thing that waits."""

    id: str
    kind: str
    number: str
    title: str
    status: str


class WorkItem(TypedDict):
    """Something that waits: the step and the function that end it, for whom and since when, and whether the caller may take the step."""

    what: str
    step: str
    function: str
    subject: WorkSubject
    waits_for: list[Named]
    since: str
    due_on: str | None
    overdue: bool
    escalated: bool
    open: bool
    why_not: str | None
    etag: str


class Worklist(TypedDict):
    """A page of what waits, the most urgent first; `totals` counts each kind of wait to 1,001, which says "more than 1,000"."""

    items: list[WorkItem]
    totals: dict[str, int]
    next_cursor: str | None


def worklist(
    rows: Sequence[Row],
    totals: Mapping[str, int],
    next_cursor: str | None,
    people: Sequence[Row],
    *,
    by: "Member",
    today: date,
) -> Worklist:
    """The page, with the names of those for whom each thing waits."""
    return {"items": [_item(row, people, by, today) for row in rows], "totals": dict(totals), "next_cursor": next_cursor}


def _item(row: Row, people: Sequence[Row], by: "Member", today: date) -> WorkItem:
    wait = BY_NAME[row["what"]]
    waits_for = [person for person in people if _is_held(row, person)]
    why_not = _why_not(row, waits_for, by)
    return {
        "what": wait.what,
        "step": wait.step,
        "function": wait.row.function,
        "subject": {"id": str(row["id"]), "kind": row["kind"], "number": row["number"], "title": row["title"], "status": row["status"]},
        "waits_for": [{"id": str(person["id"]), "name": person["name"]} for person in waits_for],
        "since": written(row["since"]),
        "due_on": row["due_on"].isoformat() if row["due_on"] else None,
        "overdue": is_overdue(row["due_on"], today),
        "escalated": is_escalated(wait, row["due_on"], today),
        "open": why_not is None,
        "why_not": why_not,
        "etag": etag(row["revision"]),
    }


def _is_held(row: Row, person: Row) -> bool:
    """Whether it waits for this person."""
    if row["pool"] is None:
        return bool(person["id"] == row["holder_id"])
    return bool(person[row["pool"]] and person["id"] not in row["barred"] and (row["named"] is None or person["id"] in row["named"]))


def _why_not(row: Row, waits_for: Sequence[Row], by: "Member") -> str | None:
    """Why the caller can't do it: it waits for somebody else, or their role may not take the step."""
    if by.person_id not in [person["id"] for person in waits_for]:
        return Sentence(
            "waits_for",
            "This waits for {people}.",
            people=tuple(person["name"] for person in waits_for) or Term("nobody: nobody is left who may do it"),
        )
    try:
        BY_NAME[row["what"]].row.who.refuse_role(by, "This")
    except Forbidden as refusal:
        return refusal.sentence
    return None
