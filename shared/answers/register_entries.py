"""Answers about the entries of registers."""

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.rows import etag, written
from shared.domain.records import register_entries


class RegisterEntry(TypedDict):
    """An entry of a register; `former_names` still mean it, and one that was merged (`merged_into`) isn't active."""

    id: str
    kind: str
    register: str
    name: str
    code: str | None
    active: bool
    former_names: list[str]
    merged_into: str | None
    etag: str
    created_at: str
    updated_at: str


class ARegisterEntry(TypedDict):
    """The entry after the step; after a merge the one that remains."""

    register_entry: RegisterEntry


def register_entry(row: register_entries.RegisterEntry) -> RegisterEntry:
    """An entry."""
    return {
        "id": str(row.id),
        "kind": "register_entry",
        "register": row.register,
        "name": row.name,
        "code": row.code,
        "active": row.active,
        "former_names": list(row.former_names),
        "merged_into": written(row.merged_into),
        "etag": etag(row.revision),
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
    }
