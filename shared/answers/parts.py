"""The shapes that stand within many others: people, steps, records and files in brief."""

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11


class Named(TypedDict):
    """A person or a team by name."""

    id: str
    name: str


class OpenStep(TypedDict):
    """A step, open or with the sentence that says why not."""

    step: str
    function: str
    open: bool
    why_not: str | None


class Pointer(TypedDict):
    """Another record."""

    id: str
    kind: str
    number: str
    title: str
    status: str


class File(TypedDict):
    """A file; its bytes come from download_file."""

    id: str
    filename: str
    media_type: str
    size: int
    sha256: str
    field: NotRequired[str]
    status: NotRequired[str]
    uploaded_by: NotRequired[str]
    created_at: NotRequired[str]
    finished_at: NotRequired[str | None]
    etag: NotRequired[str]
