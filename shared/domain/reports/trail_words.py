"""What an entry of the audit trail says, in words."""

from __future__ import annotations

from collections.abc import Mapping

from shared.domain.kernel.workflow import words

DONE = {"insert": "made", "update": "changed", "delete": "removed"}
ONE_OF = {"people": "person"}
INTERNAL = frozenset({"organisation_id", "revision", "updated_at"})


def in_words(entry: Mapping[str, object]) -> str:
    """The step and what it did: "Approve request: version made", "Edit record: record changed (title, content)"."""
    table = str(entry["table_name"])
    what = words(ONE_OF.get(table, table.removesuffix("s")))
    fields = changed_fields(entry)
    told = f" ({', '.join(words(name.removesuffix('_id')) for name in fields)})" if fields else ""
    return f"{words(str(entry['step'])).capitalize()}: {what} {DONE[str(entry['operation'])]}{told}"


def changed_fields(entry: Mapping[str, object]) -> list[str]:
    """The columns that an update altered, without those of the database's own."""
    old, new = entry["old"], entry["new"]
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return []
    return [name for name, value in new.items() if name not in INTERNAL and old.get(name) != value]
