"""Training assignments: learnt, signed, assessed, waived, locked; what a signature covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.kernel.errors import Conflict, Forbidden
from shared.domain.kernel.outcomes import Following
from shared.domain.trainings import assignments, quizzes
from shared.domain.trainings.assignments import Assigned
from shared.domain.trainings.quizzes import Answer
from tests.domain import cases
from tests.domain.learning import LEA, ON_JOB, QUIZ, TOM, assigned, assignment, attempt, rows_of


def answers(found: Assigned, *, rightly: bool) -> list[Answer]:
    """Right answers, or wrong ones, for the open attempt."""
    assert found.open_attempt is not None
    rows = []
    for row in found.open_attempt.questions:
        options = quizzes.questions_of(found.content)[row["question"]]["options"]
        keys = [quizzes.LETTERS[place] for place, option in enumerate(row["options"]) if options[option]["correct"] is rightly]
        rows.append(Answer(row["key"], keys))
    return rows


def test_the_learners_signature_completes_what_is_learnt_alone() -> None:
    found = assigned({"method": "read", "validity_months": 12})
    [row] = rows_of(assignments.complete(found, today=cases.TODAY, by=LEA, at=cases.AT).saves)
    assert (row.status, row.completed_at, row.closed_at, row.learner_signed_at) == ("completed", cases.AT, cases.AT, cases.AT)
    assert row.valid_until == cases.TODAY.replace(year=cases.TODAY.year + 1)
    with pytest.raises(Forbidden, match="Only the person"):
        assignments.complete(found, today=cases.TODAY, by=cases.QUINN, at=cases.AT)


def test_a_trainer_completes_after_the_learner_signed() -> None:
    found = assigned(ON_JOB, trainer_id=TOM.person_id)
    with pytest.raises(Conflict, match="learner must sign first"):
        assignments.assess(found, today=cases.TODAY, by=TOM, at=cases.AT)
    [row] = rows_of(assignments.complete(found, today=cases.TODAY, by=LEA, at=cases.AT).saves)
    assert (row.status, row.learner_signed_at) == ("assigned", cases.AT)
    signed = replace(found, assignment=replace(found.assignment, learner_signed_at=cases.AT))
    with pytest.raises(Conflict, match="signed this already"):
        assignments.complete(signed, today=cases.TODAY, by=LEA, at=cases.AT)
    with pytest.raises(Forbidden, match="your own"):
        assignments.assess(replace(signed, trainer_id=LEA.person_id), today=cases.TODAY, by=LEA, at=cases.AT)
    with pytest.raises(Forbidden, match="trainer whom the training names"):
        assignments.assess(signed, today=cases.TODAY, by=cases.QUINN, at=cases.AT)
    [done] = rows_of(assignments.assess(signed, today=cases.TODAY, by=TOM, at=cases.AT).saves)
    assert done.status == "completed"
    [by_qa] = rows_of(assignments.assess(replace(signed, trainer_id=None), today=cases.TODAY, by=cases.QUINN, at=cases.AT).saves)
    assert by_qa.status == "completed"


def test_the_last_failed_attempt_locks_and_tells_qa() -> None:
    found = assigned(QUIZ, assignment(attempts=1), attempts=(attempt(),))
    ended, outcome = assignments.answer_quiz(found, answers(found, rightly=False), [cases.QUINN.person_id], "Lea", by=LEA, at=cases.AT)
    assert (ended.passed, ended.correct) == (False, 0)
    [notice] = outcome.notices
    assert (notice.template, notice.person_ids) == ("training_locked", (cases.QUINN.person_id,))
    [follow] = outcome.follows
    assert isinstance(follow, Following)
    assert (follow.step, [row.status for row in rows_of(follow.saves)]) == ("lock", ["locked"])


@pytest.mark.parametrize(("used", "rightly", "locks"), [(0, False, False), (1, True, False), (0, True, False), (1, False, True)])
def test_it_locks_only_when_the_attempts_are_used_up_unpassed(*, used: int, rightly: bool, locks: bool) -> None:
    found = assigned(QUIZ, assignment(attempts=used), attempts=(attempt(),))
    ended, outcome = assignments.answer_quiz(found, answers(found, rightly=rightly), [], "Lea", by=LEA, at=cases.AT)
    assert (ended.passed, bool(outcome.follows)) == (rightly, locks)
    assert [row.attempts for row in rows_of(outcome.saves[1:])] == [used + 1]


def test_a_quiz_is_passed_before_it_is_signed() -> None:
    with pytest.raises(Conflict, match="Pass the quiz first"):
        assignments.complete(assigned(QUIZ), today=cases.TODAY, by=LEA, at=cases.AT)
    passed = replace(attempt(), passed=True, ended_at=cases.AT)
    assert assignments.complete(assigned(QUIZ, attempts=(passed,)), today=cases.TODAY, by=LEA, at=cases.AT).saves
    with pytest.raises(Conflict, match="no quiz"):
        assignments.start_quiz(assigned(), by=LEA, at=cases.AT)


def test_reassigning_gives_all_attempts_back() -> None:
    found = assigned(QUIZ, assignment(status="locked", attempts=2))
    [row] = rows_of(assignments.reassign(found, by=cases.QUINN, at=cases.AT).saves)
    assert (row.status, row.attempts) == ("assigned", 0)


def test_overdue_is_derived_from_the_day() -> None:
    row = assignment(due_on=cases.TODAY)
    assert not row.overdue(cases.TODAY)
    assert row.overdue(cases.TODAY + timedelta(1))
    assert not assignment(status="completed", due_on=cases.TODAY - timedelta(9)).overdue(cases.TODAY)


@pytest.mark.clause("11.70")
def test_a_signature_covers_person_training_material_and_files() -> None:
    document = {"number": "SOP-2026-0001", "version": 2, "content_sha256": "d" * 64}
    found = assigned(document=document, files={"a": "f" * 64})
    whole = assignments.signed_content(found)
    for other in (
        replace(found, content_sha256="e" * 64),
        replace(found, document={**document, "version": 3}),
        replace(found, files={"a": "0" * 64}),
        replace(found, assignment=assignment(cases.SAM)),
        replace(found, assignment=replace(found.assignment, version=2)),
    ):
        assert assignments.signed_content(other) != whole
