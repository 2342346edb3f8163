"""Answers about a record's versions, their differences and its history."""

import itertools
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, NotRequired
from uuid import UUID

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.pages import cut
from shared.answers.parts import Named, Pointer
from shared.answers.records import Brief, Note
from shared.answers.rows import as_answer, shown
from shared.answers.signatures import Signature
from shared.domain.files.extents import State
from shared.domain.kernel.values import dataclass
from shared.domain.records.comparisons import Evidence, Pair
from shared.domain.records.differences import changed_files, differences, sides


class ComparedFile(TypedDict):
    """One file of a comparison, and how much of it was read: `read` of `of` units (pages, slides, sheets, characters)."""

    file_id: str
    filename: str
    sha256: str
    state: State
    in_words: str
    unit: str
    read: int
    of: int | None
    lines: int


class Compared(TypedDict):
    """What of two files could be compared, and in words why not more."""

    state: State
    in_words: str
    before: ComparedFile | None
    after: ComparedFile | None


class Difference(TypedDict):
    """One field that differs.

    `names` says what the ids in it are called. For a file, `lines` is a unified diff of its text, `compared` says what could be compared,
    and `left_out` why the lines aren't in this answer, where they aren't.
    """

    field: str
    before: Any
    after: Any
    lines: list[str]
    compared: NotRequired[Compared]
    left_out: NotRequired[str | None]
    names: NotRequired[dict[str, str]]


class PastVersion(TypedDict):
    """A version of a record with its differences from the one before."""

    record_id: str
    version: int
    status: str
    title: str
    owner_id: str
    owner: Named | None
    team_id: str | None
    team: Named | None
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


@dataclass(frozen=True)
class Compare:
    """Two versions of a record, read, to be compared when the transaction is over."""

    record_id: UUID
    earlier: Mapping[str, Any]
    later: Mapping[str, Any]
    evidence: Evidence


def comparison(found: Compare) -> Comparison:
    """The differences between two versions."""
    numbers = {"from": found.earlier["version"], "to": found.later["version"]}
    compared = diff(found.earlier, found.later, found.evidence)
    return as_answer(Comparison, {"record_id": str(found.record_id), **numbers, "diff": compared})


def steps_of(rows: Sequence[Mapping[str, object]]) -> Iterator[tuple[Mapping[str, object], Mapping[str, object]]]:
    """Each of a record's versions, newest first, with the one before."""
    for row, earlier in itertools.zip_longest(rows, rows[1:]):
        yield row, earlier or {}


@dataclass(frozen=True)
class Material:
    """A page of a record's versions, read, with one more if there are more; each is compared when the transaction is over.

    Where the page ended at its bytes it isn't `whole`: its last row is there for what the one before it altered.
    """

    record: Brief
    rows: Sequence[Mapping[str, Any]]
    whole: bool
    limit: int
    signatures: list[Signature]
    notes: list[Note]
    evidence: Evidence
    trail: Trail | None


def history(found: Material) -> History:
    """A page of a record's history; only the first holds the trace."""
    most = min(found.limit, len(found.rows) if found.whole else len(found.rows) - 1)
    page, following = cut(versions(found.rows, found.evidence, most), found.limit, lambda one: one["version"], len(found.rows))
    return {
        "record": found.record,
        "versions": list(page),
        "signatures": found.signatures,
        "notes": found.notes,
        "next_cursor": following,
        "trail": found.trail,
    }


def pairs(rows: Sequence[Mapping[str, object]], files: Container[str], most: int | None = None) -> list[Pair]:
    """The files that comparing each of the first `most` versions with the one before compares."""
    return [pair for row, earlier in itertools.islice(steps_of(rows), most) for pair in changed_files(*sides(earlier, row), files)]


def versions(rows: Sequence[Mapping[str, object]], evidence: Evidence, most: int | None = None) -> list[PastVersion]:
    """The first `most` of a record's versions, newest first, each with its differences from the one before."""
    return [
        as_answer(PastVersion, {**shown(row), **responsible(row, evidence), "diff": diff(earlier, row, evidence)})
        for row, earlier in itertools.islice(steps_of(rows), most)
    ]


def responsible(row: Mapping[str, object], evidence: Evidence) -> dict[str, Named | None]:
    """The owner and the team of a version or an item by name; None where there is none, or nobody knows its name."""
    found = {name: row.get(f"{name}_id") for name in ("owner", "team")}
    return {name: {"id": str(one), "name": evidence.names[str(one)]} if str(one) in evidence.names else None for name, one in found.items()}


def diff(earlier: Mapping[str, object], later: Mapping[str, object], evidence: Evidence) -> list[Difference]:
    """The differences between two versions or two sides of an item, in title, owner, team and content."""
    return [as_answer(Difference, one.as_json()) for one in differences(*sides(earlier, later), evidence)]
