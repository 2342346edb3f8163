"""Answers about exports that are asked for and made later."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.rows import etag, written
from shared.domain.kernel.values import dataclass
from shared.domain.reports import requested_exports


class RequestedExport(TypedDict):
    """An export that was asked for: its state, how far it is, and once it is done the URL of its file, valid for five minutes."""

    id: str
    function: str
    arguments: dict[str, Any]
    state: str
    percent: int
    url: str | None
    filename: str | None
    media_type: str | None
    size: int | None
    sha256: str | None
    rows: int | None
    cause: str | None
    created_at: str
    finished_at: str | None
    expires_at: str | None
    etag: str


class StartedExport(TypedDict):
    """The export that was asked for."""

    export: RequestedExport


@dataclass(frozen=True)
class Asked:
    """An export as it stands, and whether its file can be fetched."""

    export: requested_exports.Export
    percent: int
    ready: bool


def requested(found: Asked, url: str | None = None) -> RequestedExport:
    """An export with the URL of its file, where there is one."""
    row = found.export
    arguments: Mapping[str, Any] = row.arguments
    return {
        "id": str(row.id),
        "function": row.function,
        "arguments": dict(arguments),
        "state": row.status,
        "percent": 100 if row.finished_at is not None else found.percent,
        "url": url,
        "filename": row.filename,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "rows": row.rows,
        "cause": row.cause,
        "created_at": written(row.created_at),
        "finished_at": written(row.finished_at),
        "expires_at": written(row.expires_at),
        "etag": etag(row.revision),
    }
