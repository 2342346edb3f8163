"""Answers about training assignments and quizzes."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NotRequired

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.actions import Extension
from shared.answers.files import File
from shared.answers.parts import Named, OpenStep, Pointer, steps
from shared.answers.records import Brief
from shared.answers.rows import as_answer, as_answers, etag, written
from shared.answers.signatures import Signature
from shared.domain.people.people import Member
from shared.domain.trainings import assignments, quizzes


class AssignmentBrief(TypedDict):
    """An assignment in a list."""

    id: str
    kind: str
    training: Pointer
    record_id: str
    version: int
    document_id: str | None
    document_version: int | None
    person: Named
    person_id: str
    status: str
    cause: str
    due_on: str
    overdue: bool
    valid_until: str | None
    completed_at: str | None
    learner_signed_at: str | None
    attempts: int
    assigned_by: Named | None
    created_at: str
    updated_at: str
    closed_at: str | None
    etag: str


class Material(Pointer):
    """The document version to learn; `status` is the version's, and since `suspended_on` it must not be used: the training pauses."""

    version: int
    suspended_on: str | None


class QuizResult(TypedDict):
    """The result of one quiz attempt."""

    number: int
    correct: int
    total: int
    passed: bool
    ended_at: str


class QuizState(TypedDict):
    """The learner's progress in the quiz; `begun` says that an attempt is open."""

    questions: int
    pass_mark: int
    attempts: int
    attempts_left: int
    passed: bool
    begun: bool
    results: list[QuizResult]


class ListedAssignment(AssignmentBrief):
    """An assignment in the list, with its steps."""

    open_steps: list[OpenStep]


class Assignment(AssignmentBrief):
    """A single assignment."""

    method: str
    description: str | None
    material: Material | None
    files: list[File]
    trainer: Named | None
    quiz: QuizState | None
    signatures: list[Signature]
    extensions: list[Extension]
    open_steps: list[OpenStep]


class Option(TypedDict):
    """An option of a question; `key` is the letter to answer with."""

    key: str
    text: str


class Question(TypedDict):
    """A question as the learner sees it."""

    key: str
    text: str
    kind: str
    options: list[Option]


class Attempt(TypedDict):
    """A quiz attempt: its questions while it is open, afterwards its result and the keys of the wrong answers."""

    id: str
    number: int
    of: int
    questions: NotRequired[list[Question]]
    passed: NotRequired[bool]
    correct: NotRequired[int]
    total: NotRequired[int]
    attempts_left: NotRequired[int]
    wrong: NotRequired[list[str]]


class AnAssignment(TypedDict):
    """The assignment after the step."""

    assignment: Assignment


class Signed(TypedDict):
    """The assignment after the step, and the signature."""

    assignment: Assignment
    signature: Signature


class AnAttempt(TypedDict):
    """The assignment and the attempt at its quiz."""

    assignment: Assignment
    attempt: Attempt


class AssignedByHand(TypedDict):
    """The assignments that QA made: their number, the newest hundred, and how many people had one open already."""

    training: Brief
    assigned: int
    present: int
    assignments: list[ListedAssignment]


def brief(row: assignments.Assignment, details: Mapping[str, Any], today: date) -> AssignmentBrief:
    """An assignment in a list; `details` holds the training and the names of the learner and the assigner."""
    return {
        "kind": "assignment",
        "id": str(row.id),
        "record_id": str(row.record_id),
        "version": row.version,
        "document_id": written(row.document_id),
        "document_version": row.document_version,
        "person_id": str(row.person_id),
        "status": row.status,
        "cause": row.cause,
        "due_on": written(row.due_on),
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
        "attempts": row.attempts,
        "assigned_by": details["assigned_by"],
        "valid_until": written(row.valid_until),
        "completed_at": written(row.completed_at),
        "learner_signed_at": written(row.learner_signed_at),
        "closed_at": written(row.closed_at),
        "etag": etag(row.revision),
        "training": details["training"],
        "person": details["person"],
        "overdue": row.overdue(today),
    }


def listed(found: assignments.Assigned, details: Mapping[str, Any], today: date, by: Member) -> ListedAssignment:
    """An assignment in the list."""
    return {**brief(found.assignment, details, today), "open_steps": steps(assignments.WORKFLOW.open_steps(found, by), by)}


def single(found: assignments.Assigned, details: Mapping[str, Any], today: date, by: Member) -> Assignment:
    """An assignment with its material, quiz state, signatures and open steps, without the quiz's right answers."""
    document, content = details["document"], found.content
    described = content.get("description") or content.get("summary")
    return {
        **brief(found.assignment, details, today),
        "method": str(content.get("method") or "read"),
        "description": str(described) if described else None,
        "material": _material(document) if document else None,
        "files": as_answers(File, details["files"]),
        "trainer": details["trainer"],
        "quiz": _quiz(found),
        "signatures": details["signatures"],
        "extensions": details["extensions"],
        "open_steps": steps(assignments.WORKFLOW.open_steps(found, by), by),
    }


def attempt(found: assignments.Assigned, one: quizzes.Attempt) -> Attempt:
    """An attempt as the learner sees it: questions while it is open, afterwards the result and the wrong answers."""
    allowed, used = quizzes.allowed(found.content), found.assignment.attempts
    if one.ended_at is None:
        questions = as_answers(Question, quizzes.shown(one, found.content))
        return {"id": str(one.id), "number": used + 1, "of": allowed, "questions": questions}
    return {
        "id": str(one.id),
        "number": used,
        "of": allowed,
        "passed": bool(one.passed),
        "correct": one.correct or 0,
        "total": one.total,
        "attempts_left": max(0, allowed - used),
        "wrong": quizzes.wrong(one, found.content),
    }


def _material(document: Mapping[str, object]) -> Material:
    return as_answer(Material, {name: value for name, value in document.items() if name != "content_sha256"})


def _quiz(found: assignments.Assigned) -> QuizState | None:
    if not found.has_quiz:
        return None
    allowed, used = quizzes.allowed(found.content), found.assignment.attempts
    return {
        "questions": len(quizzes.questions_of(found.content)),
        "pass_mark": quizzes.pass_mark(found.content),
        "attempts": allowed,
        "attempts_left": max(0, allowed - used),
        "passed": found.passed,
        "begun": found.open_attempt is not None,
        "results": [quiz_result(one, one.ended_at) for one in found.attempts if one.ended_at is not None],
    }


def quiz_result(one: quizzes.Attempt, ended_at: date) -> QuizResult:
    """The result of an attempt that ended."""
    return {
        "number": one.number,
        "correct": one.correct or 0,
        "total": one.total,
        "passed": bool(one.passed),
        "ended_at": written(ended_at),
    }
