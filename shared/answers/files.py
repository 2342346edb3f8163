"""Answers about files, uploads and downloads."""

from typing import TYPE_CHECKING, NotRequired

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import Named
from shared.answers.rows import etag, written

if TYPE_CHECKING:
    from shared.domain.files import files


class File(TypedDict):
    """A file; download_file serves its bytes."""

    id: str
    filename: str
    media_type: str
    size: int
    sha256: str
    field: NotRequired[str]
    status: NotRequired[str]
    uploaded_by: NotRequired[Named | None]
    created_at: NotRequired[str]
    finished_at: NotRequired[str | None]
    etag: NotRequired[str]


class AFile(TypedDict):
    """The finished file, and as its extent a sentence about what couldn't be read of its text; empty if there is nothing to say."""

    file: File
    extent: str


class Upload(TypedDict):
    """The URL to PUT the bytes to within 15 minutes, and the headers to send."""

    file_id: str
    upload_url: str
    headers: dict[str, str]


class DownloadUrl(TypedDict):
    """A URL that serves the file for five minutes."""

    file_id: str
    url: str


def file(row: "files.File", by: Named | None) -> File:
    """A file with its upload details, and who uploaded it."""
    return {
        "id": str(row.id),
        "filename": row.filename,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "status": row.status,
        "uploaded_by": by,
        "created_at": written(row.created_at),
        "finished_at": written(row.finished_at),
        "etag": etag(row.revision),
    }
