"""All tables of steps, and which function takes which step; the doors, the documentation and the tests read them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from shared.domain.capa import actions, extensions
from shared.domain.changes import changes, comments
from shared.domain.kernel import text
from shared.domain.kernel.workflow import SYSTEM, Step, Who, Workflow
from shared.domain.people.people import Group
from shared.domain.records.kinds import KINDS
from shared.domain.trainings import assignments

WORKFLOWS: Mapping[str, Workflow[Any]] = {
    **{one.WORKFLOW.kind: one.WORKFLOW for one in (changes, assignments, actions, extensions, comments)},
    **{name: kind.workflow for name, kind in KINDS.items()},
}


@cache
def steps_of(function: str) -> tuple[Step[Any], ...]:
    """The steps, of all tables, that a function takes."""
    return tuple(step for workflow in WORKFLOWS.values() for step in workflow if step.function == function)


@cache
def who_takes(function: str) -> Group | None:
    """The groups that may call a function, from the steps that it takes; None if it takes none, or only the system's."""
    rows = [step for step in steps_of(function) if step.who is not SYSTEM]
    if not rows:
        return None
    return Who(frozenset().union(*(row.who.groups for row in rows)), rows[0].who.words)


def status_named(name: str) -> str:
    """The status called `name`, of a record of any kind or of a change; raises Invalid naming `status`."""
    tables = [WORKFLOWS[one] for one in (*KINDS, changes.WORKFLOW.kind)]
    return text.word("status", name, dict.fromkeys(str(status) for table in tables for status in table.statuses))
