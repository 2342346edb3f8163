"""The lifecycles as the domain's description writes them, row by row: the tests' own table, never read from the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Row(NamedTuple):
    """One row: from where, to where, who (a role, or "system"), which gate, what a signature says, and the taker's relation to it."""

    sources: frozenset[str]
    target: str
    who: frozenset[str]
    gate: str
    meaning: str | None = None
    relation: str | None = None


@dataclass(frozen=True)
class Table:
    """One kind's lifecycle."""

    statuses: frozenset[str]
    rows: dict[str, Row]


def _of(*statuses: str) -> frozenset[str]:
    return frozenset(statuses)


OWNERS = _of("action_owner", "qa")  # qa may whatever an action owner may
QA = _of("qa")
SYSTEM = _of("system")

TABLES = {
    "change": Table(
        _of("draft", "in_approval", "applied", "discarded"),
        {
            "edit": Row(_of("draft"), "draft", OWNERS, "direct", relation="author"),
            "submit": Row(_of("draft"), "in_approval", OWNERS, "direct", relation="author"),
            "sign": Row(_of("in_approval"), "in_approval", QA, "signed", "approved", relation="no author"),
            "approve": Row(_of("in_approval"), "applied", QA, "signed", "approved", relation="no author"),
            "reject": Row(_of("in_approval"), "draft", QA, "signed", "rejected", relation="no author"),
            "withdraw": Row(_of("in_approval"), "draft", OWNERS, "direct", relation="author"),
            "lapse": Row(_of("in_approval"), "draft", SYSTEM, "direct"),
            "discard": Row(_of("draft"), "discarded", OWNERS, "direct", relation="author"),
        },
    ),
    "document": Table(
        _of("draft", "void", "approved", "effective", "superseded", "suspended", "recalled", "retired"),
        {
            "release": Row(_of("draft"), "approved", OWNERS, "change"),
            "void": Row(_of("draft"), "void", SYSTEM, "direct"),
            "take_effect": Row(_of("approved"), "effective", SYSTEM, "direct"),
            "supersede": Row(_of("effective", "suspended"), "superseded", SYSTEM, "direct"),
            "recall": Row(_of("approved"), "recalled", QA, "signed", "recalled"),
            "suspend": Row(_of("effective"), "suspended", QA, "signed", "suspended"),
            "lift": Row(_of("suspended"), "effective", OWNERS, "change"),
            "retire": Row(_of("effective", "suspended"), "retired", OWNERS, "change"),
            "confirm_review": Row(_of("effective"), "effective", OWNERS, "change"),
        },
    ),
}
