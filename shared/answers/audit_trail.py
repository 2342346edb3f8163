"""Answers about the audit trail: entries, verification and reviews."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.rows import as_answer, etag, written
from shared.answers.signatures import Signature
from shared.domain.kernel import canonical
from shared.domain.signing import trail_reviews


class Entry(TypedDict):
    """An entry of the audit trail: who, when, which step, why, old and new values."""

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
    etag: str


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
    """An entry of the audit trail; it never changes, so its etag is its own id."""
    shown = {
        name: value.hex() if isinstance(value, bytes) else canonical.plain(value)
        for name, value in row.items()
        if name != "organisation_id"
    }
    return as_answer(Entry, {**shown, "etag": f'"{row["id"]}"'})


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
