"""The audit trail as a sheet: one entry a row (Annex 11 §9: available and convertible to a generally intelligible form)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from shared.domain.kernel import canonical

Form = Literal["csv", "json", "pdf"]
MOST_AT_ONCE: Mapping[str, int] = {"csv": 5_000, "json": 5_000, "pdf": 1_000}  # entries that one answer holds
MOST_ENTRIES: Mapping[str, int] = {"csv": 100_000, "json": 100_000, "pdf": 10_000}  # entries of one file
MEDIA_TYPES: Mapping[str, str] = {"csv": "text/csv", "json": "application/json", "pdf": "application/pdf"}
TITLE = "Audit trail"
# Every column, and those that are printed: old and new values are whole in the other forms.
COLUMNS = (
    "id",
    "at",
    "person",
    "actor",
    "step",
    "in_words",
    "record",
    "reason",
    "change",
    "change_reason",
    "operation",
    "table_name",
    "row_key",
    "record_id",
    "cause",
    "request_id",
    "source",
    "old",
    "new",
)
PRINTED = ("id", "at", "person", "in_words", "record", "reason", "change", "change_reason", "cause")


def columns(form: str) -> Sequence[str]:
    """The columns of a form."""
    return PRINTED if form == "pdf" else COLUMNS


def heading(column: str) -> str:
    """A column's heading."""
    return column.replace("_", " ").capitalize()


def row(entry: Mapping[str, Any], names: Mapping[str, str], form: str) -> list[str | int | None]:
    """An entry as a row."""
    told = {
        **entry,
        "person": entry["person"]["name"] if entry["person"] else entry["actor"].partition(":")[2].replace("_", " "),
        "record": names.get(entry["record_id"] or ""),
        "change": entry["change"] and entry["change"]["number"],
        "change_reason": entry["change"] and entry["change"]["reason"],
        "reason": None if entry["reason"] == entry["step"] else entry["reason"],
        **{side: None if entry[side] is None else canonical.encode(entry[side]).decode() for side in ("old", "new")},
    }
    return [told[name] for name in columns(form)]
