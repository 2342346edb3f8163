"""The shapes of trainings' assignments, quizzes and the matrix."""

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.actions import Extension
from shared.answers.records import Brief, File, Named, OpenStep, Pointer, Signature


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
    """The version of the document that is learnt; `status` is the version's."""

    version: int


class QuizResult(TypedDict):
    """How one attempt went."""

    number: int
    correct: int
    total: int
    passed: bool
    ended_at: str


class QuizState(TypedDict):
    """How far the learner is with the quiz; `begun` says that an attempt is open."""

    questions: int
    pass_mark: int
    attempts: int
    attempts_left: int
    passed: bool
    begun: bool
    results: list[QuizResult]


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
    """An option of a question, under the letter that answers name."""

    key: str
    text: str


class Question(TypedDict):
    """A question as it is asked."""

    key: str
    text: str
    kind: str
    options: list[Option]


class Attempt(TypedDict):
    """An attempt at a quiz: its questions while it is open, afterwards how it went and the keys of what was wrong."""

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
    """The assignment changed."""

    assignment: Assignment


class Signed(TypedDict):
    """The assignment changed, and the signature."""

    assignment: Assignment
    signature: Signature


class AnAttempt(TypedDict):
    """The assignment and the attempt at its quiz."""

    assignment: Assignment
    attempt: Attempt


class AssignedByHand(TypedDict):
    """What QA assigned: how many, the newest hundred of them, and how many people had it open already."""

    training: Brief
    assigned: int
    present: int
    assignments: list[AssignmentBrief]


class Subject(TypedDict):
    """The training, or the document that must be read."""

    id: str
    kind: str
    number: str
    title: str


class MatrixCell(TypedDict):
    """How one person stands in one training: trained, assigned, overdue, locked, expired, waived or none."""

    training: Subject
    version: int
    document_id: str | None
    document_version: int | None
    state: str
    date: str | None
    due_on: str | None
    valid_until: str | None
    assignment_id: str | None


class MatrixRow(TypedDict):
    """One person with the trainings that concern them."""

    person: Named
    trainings: list[MatrixCell]


class Matrix(TypedDict):
    """People by trainings as they stand on a day."""

    on: str
    items: list[MatrixRow]
    next_cursor: str | None
