"""Exports that take long: asked for, made by a job, fetched for some days by whoever asked, then swept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.domain.kernel import ids
from shared.domain.kernel.errors import Conflict, TooMany
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass, replace

KEPT = timedelta(days=7)
MOST_OF_PERSON, MOST_OF_ORGANISATION = 3, 20  # that wait or are being made
RETRY_AFTER = 60  # seconds


class Status(StrEnum):
    """The status of an export that was asked for."""

    WAITING = "waiting"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


UNFINISHED = (Status.WAITING, Status.MAKING)


@dataclass(frozen=True)
class Export:
    """An export that somebody asked for: by which function with which arguments, and the file that came of it."""

    organisation_id: UUID
    id: UUID
    person_id: UUID
    function: str
    arguments: Mapping[str, object]
    status: str
    created_at: datetime
    updated_at: datetime
    filename: str | None = None
    media_type: str | None = None
    size: int | None = None
    sha256: str | None = None
    rows: int | None = None
    cause: str | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    handed_over_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class Made:
    """The file of an export."""

    filename: str
    media_type: str
    size: int
    sha256: str
    rows: int


YOURS_UNDER_WAY = Sentence("own_exports_under_way", "{count} exports of yours are under way. Wait until one is done.", count=MOST_OF_PERSON)
MANY_UNDER_WAY = Sentence("many_exports_under_way", "Many exports of your organisation are under way. Wait until some are done.")


def start(organisation_id: UUID, function: str, arguments: Mapping[str, object], *, by: UUID, own: int, every: int, at: datetime) -> Export:
    """An export that waits to be made; raises TooMany where the person or the organisation has enough of them under way."""
    if own >= MOST_OF_PERSON:
        raise TooMany(YOURS_UNDER_WAY, retry_after=RETRY_AFTER)
    if every >= MOST_OF_ORGANISATION:
        raise TooMany(MANY_UNDER_WAY, retry_after=RETRY_AFTER)
    return Export(organisation_id, ids.new(at), by, function, arguments, Status.WAITING, at, at)


def begin(export: Export, at: datetime) -> Export:
    """The export, being made."""
    return replace(export, status=Status.MAKING, updated_at=at)


def finish(export: Export, made: Made, at: datetime) -> Export:
    """The export with its file, which is kept for some days."""
    return replace(
        export,
        status=Status.DONE,
        filename=made.filename,
        media_type=made.media_type,
        size=made.size,
        sha256=made.sha256,
        rows=made.rows,
        finished_at=at,
        expires_at=at + KEPT,
        updated_at=at,
    )


def fail(export: Export, cause: str, at: datetime) -> Export:
    """The export that couldn't be made, with the reason as a sentence."""
    return replace(export, status=Status.FAILED, cause=cause, finished_at=at, updated_at=at)


def expire(export: Export, at: datetime) -> Export:
    """The export whose file is deleted."""
    return replace(export, status=Status.EXPIRED, updated_at=at)


def is_ready(export: Export, at: datetime) -> bool:
    """Whether its file can be fetched."""
    return export.status == Status.DONE and export.expires_at is not None and export.expires_at > at


def hand_over(export: Export, at: datetime) -> Export:
    """The export, fetched now; raises Conflict where there is nothing to fetch."""
    if not is_ready(export, at):
        raise Conflict(Sentence("export_not_ready", "This export can't be fetched."))
    return replace(export, handed_over_at=at, updated_at=at)
