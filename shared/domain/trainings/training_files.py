"""A person's training file as a sheet: one assignment a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from shared.domain.kernel.workflow import words

Form = Literal["csv", "xlsx", "pdf", "json"]
COLUMNS = (
    "Number",
    "Title",
    "Version",
    "Document",
    "Document version",
    "Status",
    "Cause",
    "Assigned at",
    "Due on",
    "Completed at",
    "Valid until",
    "Results",
    "Signatures",
    "Id",
)


def row(filed: Mapping[str, Any]) -> list[str | int | None]:
    """An assignment as a row."""
    training, document = filed["training"], filed["document"]
    return [
        training["number"],
        training["title"],
        filed["version"],
        document and document["number"],
        filed["document_version"],
        words(filed["status"]),
        words(filed["cause"]),
        filed["created_at"],
        filed["due_on"],
        filed["completed_at"],
        filed["valid_until"],
        "; ".join(_result(one) for one in filed["results"]) or None,
        "; ".join(_signature(one) for one in filed["signatures"]) or None,
        filed["id"],
    ]


def _result(one: Mapping[str, Any]) -> str:
    return f"attempt {one['number']}: {one['correct']} of {one['total']}, {'passed' if one['passed'] else 'failed'}, {one['ended_at'][:10]}"


def _signature(one: Mapping[str, Any]) -> str:
    held = "" if one["valid"] else ", DOES NOT HOLD"
    return f"{one['printed_name']}, {one['meaning']}, {one['local_time']} {one['time_zone']}{held}"
