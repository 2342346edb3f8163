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
LEARNERS = _of("operator", "action_owner", "qa")  # a trainer may be any of them
SYSTEM = _of("system")

TABLES = {
    "change": Table(
        _of("draft", "in_approval", "approved", "applied", "closed", "recalled", "discarded"),
        {
            "edit": Row(_of("draft"), "draft", OWNERS, "direct", relation="author"),
            "submit": Row(_of("draft"), "in_approval", OWNERS, "direct", relation="author"),
            "sign": Row(_of("in_approval"), "in_approval", QA, "signed", "approved", relation="no author"),
            "approve": Row(_of("in_approval"), "approved", QA, "signed", "approved", relation="no author"),
            "apply": Row(_of("approved"), "applied", SYSTEM, "direct"),
            "move_date": Row(_of("approved"), "approved", QA, "signed", "rescheduled"),
            "recall": Row(_of("approved"), "recalled", QA, "signed", "recalled"),
            "close": Row(_of("applied"), "closed", QA, "signed", "closed", relation="anybody but an author"),
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
    "training": Table(
        _of("draft", "active", "retired", "void"),
        {
            "release": Row(_of("draft"), "active", OWNERS, "change"),
            "revise": Row(_of("active"), "active", OWNERS, "change"),
            "retire": Row(_of("active"), "retired", OWNERS, "change"),
            "void": Row(_of("draft"), "void", SYSTEM, "direct"),
        },
    ),
    "assignment": Table(
        _of("assigned", "completed", "waived", "obsolete", "withdrawn", "locked"),
        {
            "take_quiz": Row(_of("assigned"), "same", LEARNERS, "direct", relation="learner"),
            "answer_quiz": Row(_of("assigned"), "same", LEARNERS, "direct", relation="learner"),
            "attend": Row(_of("assigned"), "same", LEARNERS, "signed", "read and understood", relation="learner"),
            "complete": Row(_of("assigned"), "completed", LEARNERS, "signed", "read and understood", relation="learner"),
            "assess": Row(_of("assigned"), "completed", LEARNERS, "signed", "assessed", relation="trainer"),
            "waive": Row(_of("assigned"), "waived", QA, "signed", "waived", relation="no learner"),
            # A locked one ends too: else it would stand in the way of the newer version, or stay with whoever left.
            "obsolete": Row(_of("assigned", "locked"), "obsolete", SYSTEM, "direct"),
            "withdraw": Row(_of("assigned", "locked"), "withdrawn", SYSTEM, "direct"),
            "lock": Row(_of("assigned"), "locked", SYSTEM, "direct"),
            "reassign": Row(_of("locked"), "assigned", QA, "direct", relation="no learner"),
        },
    ),
    "event": Table(
        _of("reported", "triaged", "under_investigation", "permitted", "closed", "cancelled"),
        {
            "edit": Row(_of("reported", "triaged", "under_investigation"), "same", OWNERS, "direct"),
            "triage": Row(_of("reported"), "triaged", QA, "signed", "triaged", relation="not reporter"),
            "reclassify": Row(_of("triaged", "under_investigation"), "same", QA, "signed", "reclassified"),
            "investigate": Row(_of("triaged"), "under_investigation", OWNERS, "direct"),
            "set_back": Row(_of("under_investigation"), "triaged", SYSTEM, "direct"),
            "correct_type": Row(_of("reported", "triaged", "under_investigation"), "same", QA, "signed", "corrected"),
            "permit": Row(_of("reported"), "permitted", OWNERS, "change"),
            "close": Row(_of("triaged", "under_investigation", "permitted"), "closed", OWNERS, "change"),
            "cancel": Row(_of("reported", "triaged"), "cancelled", QA, "signed", "cancelled", relation="no contributor"),
            "reopen": Row(_of("closed"), "triaged", QA, "signed", "reopened"),
        },
    ),
    "capa_plan": Table(
        _of("draft", "implementing", "effectiveness_check", "closed_effective", "cancelled"),
        {
            "edit": Row(_of("draft"), "same", OWNERS, "direct"),
            "approve_plan": Row(_of("draft"), "implementing", OWNERS, "change"),
            "revise": Row(_of("implementing"), "implementing", OWNERS, "change"),
            "verify": Row(_of("implementing"), "effectiveness_check", QA, "signed", "verified", relation="no contributor"),
            "close": Row(_of("effectiveness_check"), "closed_effective", OWNERS, "change"),
            "ineffective": Row(_of("effectiveness_check"), "draft", QA, "signed", "ineffective"),
            "cancel": Row(_of("draft", "implementing"), "cancelled", OWNERS, "change"),
        },
    ),
    "action": Table(
        _of("open", "done", "verified", "cancelled"),
        {
            "complete": Row(_of("open"), "done", OWNERS, "direct", relation="owner"),
            "verify": Row(_of("done"), "verified", QA, "direct", relation="no doer"),
            "return": Row(_of("done"), "open", QA, "direct", relation="no doer"),
            "cancel": Row(_of("open"), "cancelled", SYSTEM, "direct"),
        },
    ),
    "extension": Table(
        _of("requested", "granted", "denied"),
        {
            "grant": Row(_of("requested"), "granted", QA, "direct", relation="no requester"),
            "deny": Row(_of("requested"), "denied", QA, "direct", relation="no requester"),
        },
    ),
    "comment": Table(_of("open", "resolved"), {"resolve": Row(_of("open"), "resolved", OWNERS, "direct", relation="concerned")}),
    "investigation": Table(
        _of("open", "concluded", "cancelled"),
        {
            "edit": Row(_of("open"), "same", OWNERS, "direct"),
            "conclude": Row(_of("open"), "concluded", OWNERS, "change"),
            "cancel": Row(_of("open"), "cancelled", QA, "signed", "cancelled", relation="no contributor"),
            "reopen": Row(_of("concluded"), "open", QA, "signed", "reopened"),
        },
    ),
}
