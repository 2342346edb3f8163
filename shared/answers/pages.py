"""Pages of a list, and the cursors that lead from one to the next."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.domain.kernel import canonical
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence

MOST_COUNTED = 1001  # of a list; whoever sees 1,001 knows that there are more than 1,000
MOST_BYTES = 4 * 1024 * 1024  # of a page
Item = TypeVar("Item")
Row = TypeVar("Row")
Key = TypeVar("Key", int, UUID)


class Page(TypedDict, Generic[Item]):
    """A page of a list, newest first; `next_cursor` is null on the last one.

    `total` stands on the first page: how many there are in all, counted to 1,001, which says "more than 1,000". It is null on further
    pages, and where a list isn't counted.
    """

    items: list[Item]
    total: int | None
    next_cursor: str | None


def page(items: list[Item], next_cursor: str | None, total: int | None = None) -> Page[Item]:
    """A page of these items."""
    return {"items": items, "total": total, "next_cursor": next_cursor}


def cut(rows: Sequence[Row], limit: int, key: Callable[[Row], object], found: int = 0) -> tuple[Sequence[Row], str | None]:
    """The rows of a page and the cursor of the next, if any.

    Callers query one row more than `limit` to know; or say how many they `found` where `rows` are those of them that fit into a page.
    """
    shown = rows[:limit]
    return shown, to_cursor(key(shown[-1])) if shown and max(found, len(rows)) > len(shown) else None


def size(item: object) -> int:
    """How many bytes an item takes in an answer."""
    return len(json.dumps(item, default=canonical.plain))


def to_cursor(key: object) -> str:
    """An opaque cursor of a row's key."""
    return base64.urlsafe_b64encode(json.dumps(canonical.plain(key)).encode()).decode().rstrip("=")


def from_cursor(cursor: str, *kinds: Callable[[str], Any]) -> list[Any]:
    """The parts of a key in a cursor, each made of its text by its kind; raises Invalid if the cursor isn't one of ours."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [kind(part) for kind, part in zip(kinds, parts, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise Invalid("cursor", Sentence("unknown_cursor", "This cursor isn't one of ours; start from the first page.")) from None


def moment_of_key(cursor: str) -> datetime | None:
    """When what a cursor stands at was made, as its id tells (UUIDv7); None where the key is a number."""
    key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return datetime.fromtimestamp((UUID(key).int >> 80) / 1000, UTC) if isinstance(key, str) else None


def after_cursor(cursor: str, kind: type[Key], most: int = 2**31 - 1) -> Key:
    """The key in a cursor, a number up to `most` or an id; raises Invalid if the cursor isn't one of ours."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if kind is int and (type(key) is not int or not 0 <= key <= most):
            raise ValueError
        return kind(key)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise Invalid("cursor", Sentence("unknown_cursor", "This cursor isn't one of ours; start from the first page.")) from None
