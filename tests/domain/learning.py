"""Builders of trainings' assignments, requirements and quizzes, and every relation that a person can have to an assignment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from shared.domain.kernel.workflow import Actor
from shared.domain.people.people import Member, Role
from shared.domain.trainings.assignments import Assigned, Assignment
from shared.domain.trainings.audiences import Learner, Requirement
from shared.domain.trainings.quizzes import Attempt, begin
from tests.domain import cases

LEA = cases.member("Lea", Role.OPERATOR)
TOM = cases.member("Tom", Role.ACTION_OWNER)
TRAINING = cases.uid("TRN-2026-0001")
SOP = cases.uid("SOP-2026-0001")
QUESTIONS: list[dict[str, Any]] = [
    {"text": "Which gloves?", "kind": "single", "options": [{"text": "Blue", "correct": True}, {"text": "Red", "correct": False}]},
    {
        "text": "What is weighed?",
        "kind": "multiple",
        "options": [{"text": "Powder", "correct": True}, {"text": "Liquid", "correct": True}, {"text": "People", "correct": False}],
    },
]
QUIZ: dict[str, Any] = {"method": "quiz", "quiz": {"questions": QUESTIONS, "pass_mark": 50, "attempts": 2}}
ON_JOB = {"method": "on_the_job", "description": "Watch and do"}
READ = {"method": "read", "description": "How to weigh"}


def assignment(of: Member = LEA, status: str = "assigned", **more: Any) -> Assignment:
    """Somebody's assignment of version 1."""
    closed = {} if status in ("assigned", "locked") else {"closed_at": cases.AT}
    closed |= {"completed_at": cases.AT} if status == "completed" else {}
    usual: dict[str, Any] = {
        "organisation_id": cases.ORGANISATION,
        "id": cases.uid(f"assignment of {of.person_id}"),
        "record_id": TRAINING,
        "version": 1,
        "document_id": None,
        "document_version": None,
        "person_id": of.person_id,
        "status": status,
        "cause": "approval of CHG-2026-0001",
        "due_on": cases.TODAY + timedelta(14),
        "created_at": cases.BEFORE,
        "updated_at": cases.BEFORE,
        "revision": 1,
    }
    return Assignment(**{**usual, **closed, **more})


def rows_of(saves: Iterable[object]) -> list[Assignment]:
    """What a step saves, where it saves assignments only."""
    found = []
    for row in saves:
        assert isinstance(row, Assignment)
        found.append(row)
    return found


def assigned(given: dict[str, Any] | None = None, row: Assignment | None = None, **more: Any) -> Assigned:
    """An assignment with what its steps look at."""
    return Assigned(row or assignment(), "training", "TRN-2026-0001", READ if given is None else given, "c" * 64, **more)


def attempt(number: int = 1) -> Attempt:
    """An open attempt at the quiz."""
    return begin(cases.ORGANISATION, assignment().id, QUIZ, number, at=cases.AT)


def requirement(kind: str = "training", **more: Any) -> Requirement:
    """What is asked of operators."""
    own = {"document_id": SOP, "document_version": 1, "document_since": 1} if kind == "document" else {}
    usual: dict[str, Any] = {
        "organisation_id": cases.ORGANISATION,
        "record_id": SOP if kind == "document" else TRAINING,
        "kind": kind,
        "number": "TRN-2026-0001",
        "title": "Weighing",
        "version": 1,
        "since": 1,
        "roles": frozenset({"operator"}),
    }
    return Requirement(**{**usual, **own, **more})


def learner(of: Member = LEA, **more: Any) -> Learner:
    """A member as a learner."""
    return Learner(**{"person_id": of.person_id, "role": str(of.role), **more})


def assignments_of(_kind: str, step: str, status: str, actor: Actor) -> Iterator[tuple[str, Any]]:
    """The actor's own assignment, one that the actor is the trainer of, and one that doesn't concern the actor."""
    signed: dict[str, Any] = {"learner_signed_at": cases.AT} if step == "assess" else {}
    given = QUIZ if step in ("take_quiz", "answer_quiz") else ON_JOB if step in ("assess", "attend") else READ
    more: dict[str, Any] = {"attempts": (attempt(),)} if step == "answer_quiz" else {}
    own, other = (assignment(status=status, person_id=who, **signed) for who in (actor.person_id, LEA.person_id))
    yield "learner", assigned(given, own, **more)
    decides = step in ("waive", "reassign")
    yield "no learner" if decides else "trainer", assigned(given, other, trainer_id=actor.person_id, **more)
    yield "no learner" if decides else "stranger", assigned(given, other, trainer_id=TOM.person_id, **more)


SUBJECTS = {"assignment": assignments_of}
