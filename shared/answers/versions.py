"""Answers about a record's versions, their differences and its history."""

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import Named, Pointer
from shared.answers.records import Brief, Note
from shared.answers.rows import as_answer, shown
from shared.answers.signatures import Signature
from shared.domain.kernel import canonical
from shared.domain.records.differences import differences


class Difference(TypedDict):
    """One field that differs; for a file also a unified diff of its text."""

    field: str
    before: Any
    after: Any
    lines: list[str]


class PastVersion(TypedDict):
    """A version of a record with its differences from the one before."""

    record_id: str
    version: int
    status: str
    title: str
    owner_id: str
    team_id: str | None
    content: dict[str, Any]
    content_sha256: str
    change_id: str
    change: dict[str, Any]
    effective_on: str | None
    effective_at: str | None
    ended_at: str | None
    next_review_on: str | None
    created_at: str
    diff: list[Difference]


class TrailRecord(Pointer):
    """A record in the trace, with the version that it shows."""

    version: int


TrailLink = TypedDict("TrailLink", {"from": str, "type": str, "to": str})
TrailLink.__doc__ = "A link in the trace; a change links to the records in it."


class Trained(TypedDict):
    """A person assigned to a training in the trace."""

    person: Named
    status: str
    assignment_id: str
    training_id: str
    training: str
    version: int
    document_id: str | None
    document_version: int | None
    completed_at: str | None


class Trail(TypedDict):
    """The trace of a record, from event to retrained person; the nearest links first."""

    records: list[TrailRecord]
    changes: list[Pointer]
    links: list[TrailLink]
    people: list[Trained]


class PastVersions(TypedDict):
    """A page of a record's versions, with all its signatures and notes."""

    record: Brief
    versions: list[PastVersion]
    signatures: list[Signature]
    notes: list[Note]
    next_cursor: str | None


class History(PastVersions):
    """A record's history; only the first page holds the trace (`trail`)."""

    trail: Trail | None


Comparison = TypedDict("Comparison", {"record_id": str, "from": int, "to": int, "diff": list[Difference]})
Comparison.__doc__ = "The differences between two versions."


def versions(rows: Iterable[Mapping[str, object]], texts: Mapping[str, str]) -> list[PastVersion]:
    """A record's versions, newest first, each with its differences from the one before."""
    newest_first = list(rows)
    return [
        as_answer(PastVersion, {**shown(row), "diff": diff(earlier or {}, row, texts)})
        for row, earlier in itertools.zip_longest(newest_first, newest_first[1:])
    ]


def diff(earlier: Mapping[str, object], later: Mapping[str, object], texts: Mapping[str, str]) -> list[Difference]:
    """The differences between two versions or two sides of an item, in title, owner, team and content."""
    old, new = ({name: side.get(name) for name in ("title", "owner_id", "team_id", "content")} for side in (earlier, later))
    return [
        {"field": one.field, "before": canonical.plain(one.before), "after": canonical.plain(one.after), "lines": list(one.lines)}
        for one in differences(old, new, texts)
    ]
