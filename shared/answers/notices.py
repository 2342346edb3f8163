"""The shape of what a person was told."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.domain.mail.mail import Mail, compose


class ShownNotice(TypedDict):
    """One notice: its occasion, what it says in the reader's language, and the page that it leads to."""

    id: str
    occasion: str
    title: str
    sentences: list[str]
    path: str
    at: str
    read_at: str | None


class Notices(TypedDict):
    """A page of notices, newest first; `unread` counts those that aren't read, up to a hundred."""

    items: list[ShownNotice]
    unread: int
    next_cursor: str | None


class Unread(TypedDict):
    """How many notices are left unread, up to a hundred."""

    unread: int


def notice(row: Mapping[str, Any], language: str) -> ShownNotice:
    """A notice, said in `language` as its mail was."""
    letter = compose(Mail("", language, row["template"], row["facts"]))
    return {
        "id": row["id"],
        "occasion": row["template"],
        "title": letter.subject,
        "sentences": list(letter.sentences),
        "path": letter.path,
        "at": row["created_at"],
        "read_at": row["read_at"],
    }
