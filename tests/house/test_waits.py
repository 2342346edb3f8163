"""No state of anything waits unseen: each has a row in the table of waits, or waits for nobody, for a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain.kernel.workflow import SYSTEM, Phase
from shared.domain.mail.mail import LANGUAGES
from shared.domain.mail.texts.waiting import TASKS
from shared.domain.records.lifecycles import WORKFLOWS
from shared.domain.waiting.waits import NOBODY, NOBODY_HERE, POOLED, WAITS, Condition, Wait
from shared.queries.waiting import branch, strands

ROOT = Path(__file__).resolve().parents[2]
# Where everything that waits is read, and nothing may be known of single kinds of it.
READERS = ("reminders.py", "reminders_begin.sql", "reminders_digests.sql", "telling.py", "told_at_once.sql", "waiting.py", "worklist.py")


def states() -> Iterator[tuple[str, str, Phase]]:
    for kind, workflow in WORKFLOWS.items():
        for status, phase in workflow.phases.items():
            yield kind, str(status), phase


def waiting_in(kind: str, status: str) -> list[Wait]:
    return [wait for wait in WAITS if wait.workflow.kind == kind and status in wait.statuses]


@pytest.mark.parametrize(("kind", "status", "phase"), list(states()))
def test_every_state_waits_for_somebody_or_for_nobody_for_a_reason(kind: str, status: str, phase: Phase) -> None:
    if not waiting_in(kind, status):
        assert NOBODY_HERE.get((kind, status)) or NOBODY.get(phase), (
            f"{kind} {status} waits unseen: give it a row in shared/domain/waiting/waits.py"
        )


def test_what_waits_for_nobody_has_no_row() -> None:
    assert [key for key in NOBODY_HERE if waiting_in(*key) or key[0] not in WORKFLOWS or key[1] not in WORKFLOWS[key[0]].phases] == []


@pytest.mark.parametrize("wait", WAITS, ids=lambda wait: wait.what)
def test_a_wait_ends_by_a_step_that_a_person_takes_from_each_of_its_states(wait: Wait) -> None:
    assert wait.row.who is not SYSTEM
    assert wait.row.function
    assert set(wait.statuses) <= set(wait.row.sources)


@pytest.mark.parametrize("wait", WAITS, ids=lambda wait: wait.what)
def test_a_pool_of_people_is_one_that_may_take_the_step(wait: Wait) -> None:
    if wait.holder in POOLED:
        assert POOLED[wait.holder] in wait.row.who.groups


def test_states_of_one_kind_with_two_rows_for_all_of_it_would_be_told_twice() -> None:
    plain = [(wait.workflow.kind, status) for wait in WAITS if wait.condition is Condition.ALWAYS for status in wait.statuses]
    assert len(plain) == len(set(plain))


def test_names_are_of_one_wait_each_and_each_has_its_statement() -> None:
    assert len({wait.what for wait in WAITS}) == len(WAITS)
    for wait in WAITS:
        assert branch(wait).startswith(f"select '{wait.what}' as what")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_wait_is_said_in_every_language(language: str) -> None:
    assert set(TASKS[language]) == {wait.what for wait in WAITS}
    assert len(set(TASKS[language].values())) == len(WAITS)


@pytest.mark.parametrize("name", READERS)
def test_what_reads_everything_that_waits_names_no_kind_of_it(name: str) -> None:
    """Neither a kind, its table nor a wait: these come from the table of waits, and from where its things stand (wait_sources.py)."""
    text = re.sub(r"--.*|# .*|\"\"\"[\s\S]*?\"\"\"", "", (ROOT / "shared" / "queries" / name).read_text(encoding="utf-8"))
    kinds = {wait.workflow.kind for wait in WAITS} - {"member"}  # who is told is a member
    words = {*kinds, *(f"{kind}s" for kind in kinds), "approval_request", "approval_requests", "records"} | {wait.what for wait in WAITS}
    assert set(re.findall(r"[a-z_]+", text)) & words == set()


@pytest.mark.parametrize("wait", WAITS, ids=lambda wait: wait.what)
def test_a_row_is_read_in_the_order_of_its_days_for_each_of_its_states(wait: Wait) -> None:
    found = list(strands(wait))
    assert len(found) >= len(wait.statuses)
    assert all(one.by for one in found) or wait.days is None
