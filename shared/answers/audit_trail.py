"""Answers about the audit trail: entries, verification and reviews."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import Named
from shared.answers.rows import as_answer, etag, written
from shared.answers.signatures import Signature
from shared.domain.kernel import canonical
from shared.domain.kernel.values import dataclass
from shared.domain.reports import trail_words
from shared.domain.signing import trail_reviews

COUNTS = frozenset({"total", "found", "etag"})  # of a statement's row, what isn't the entry's


class ToldChange(TypedDict):
    """The change that an entry belongs to, with its own reason."""

    id: str
    number: str
    title: str
    reason: str


class PlainEntry(TypedDict):
    """An entry of the audit trail: who, when, which step, why, old and new values.

    `person` names the actor, null for the system; `in_words` says what happened, and `change` which change it belongs to.
    """

    id: int
    at: str
    table_name: str
    row_key: str
    record_id: str | None
    operation: str
    step: str
    actor: str
    cause: str | None
    reason: str
    request_id: str | None
    source: str | None
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    person: Named | None
    in_words: str
    change: ToldChange | None


class Entry(PlainEntry):
    """An entry of the audit trail, in a list."""

    etag: str


class TrailPage(TypedDict):
    """A page of the audit trail, newest first; `names` says what the ids in it are called."""

    items: list[Entry]
    total: int | None
    next_cursor: str | None
    names: dict[str, str]


class Restore(TypedDict):
    """A restore of the database: the seal that records it, who did it and why, and the seal that it continues from."""

    seal: int
    at: str
    by: str
    reason: str
    continues: int


class Sealed(TypedDict):
    """The comparison with the seals: their number, the newest one's time, whether the trail matches them, and recorded restores."""

    checkpoints: int
    last_at: str | None
    intact: bool
    restores: list[Restore]


class Verdict(TypedDict):
    """Whether the audit trail is intact and matches its seals, and the first entry, row or seal that isn't."""

    intact: bool
    entries: int
    first_broken: dict[str, Any] | None
    sealed: Sealed | None


class Review(TypedDict):
    """A review of the audit trail: its period, finding, number of entries and signature."""

    id: str
    from_at: str
    to_at: str
    finding: str
    entries: int
    reviewed_by: str
    signature_id: str
    created_at: str
    etag: str
    signature: Signature


class AReview(TypedDict):
    """The new review."""

    review: Review


def entry(row: Mapping[str, object]) -> Entry:
    """An entry of the audit trail as it is kept; it never changes, so its etag is its own id."""
    shown = {
        name: value.hex() if isinstance(value, bytes) else canonical.plain(value)
        for name, value in row.items()
        if name != "organisation_id"
    }
    nobodys = {"request_id": None} if shown.get("request_id") == "" else {}
    return as_answer(Entry, {**shown, **nobodys, "etag": f'"{row["id"]}"'})


@dataclass(frozen=True)
class Told:
    """Entries with their people and changes, and what the ids in them are called."""

    entries: Sequence[Mapping[str, Any]]
    names: Mapping[str, str]


def plain_entry(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of a statement
    """An entry of the audit trail with what it says in words, before anybody is named."""
    kept = {name: value for name, value in entry(row._asdict()).items() if name not in COUNTS}
    return {**kept, "in_words": trail_words.in_words(kept)}


def with_names(
    rows: Iterable[Mapping[str, Any]], names: Mapping[str, str], changes: Mapping[int, Mapping[str, object]]
) -> list[dict[str, Any]]:
    """Entries with the person whose act each was, by name, and the change that it belongs to."""
    return [{**row, "person": _person(row["actor"], names), "change": changes.get(row["id"])} for row in rows]


def _person(actor: str, names: Mapping[str, str]) -> Named | None:
    kind, _, person_id = actor.partition(":")
    return {"id": person_id, "name": names[person_id]} if kind == "person" and person_id in names else None


def trail_page(told: Told, next_cursor: str | None) -> TrailPage:
    """A page of entries."""
    items = [as_answer(Entry, {**row, "etag": f'"{row["id"]}"'}) for row in told.entries]
    return {"items": items, "total": None, "next_cursor": next_cursor, "names": dict(told.names)}


def review(row: trail_reviews.Review, under: Signature) -> Review:
    """A review with its signature."""
    return {
        "id": str(row.id),
        "from_at": written(row.from_at),
        "to_at": written(row.to_at),
        "finding": row.finding,
        "entries": row.entries,
        "reviewed_by": str(row.reviewed_by),
        "signature_id": str(row.signature_id),
        "created_at": written(row.created_at),
        "etag": etag(row.revision),
        "signature": under,
    }
