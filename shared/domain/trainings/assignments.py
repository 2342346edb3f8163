"""Training assignments: one person and one version to learn; overdue is derived, never stored (ISO 13485 6.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.domain.kernel import days
from shared.domain.kernel.arguments import REASON
from shared.domain.kernel.content import Content
from shared.domain.kernel.outcomes import Following, Notice, Outcome, saved
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass, replace
from shared.domain.kernel.workflow import SAME, SYSTEM, Actor, Gate, Phase, Relation, Step, Who, Workflow
from shared.domain.people.people import QA, Group, Role
from shared.domain.trainings import quizzes
from shared.domain.trainings.quizzes import Answer, Attempt
from shared.domain.trainings.trainings import TAUGHT


class Status(StrEnum):
    """The status of an assignment."""

    ASSIGNED = "assigned"
    COMPLETED = "completed"
    WAIVED = "waived"
    OBSOLETE = "obsolete"
    WITHDRAWN = "withdrawn"
    LOCKED = "locked"


S = Status
PHASES: Mapping[str, Phase] = {
    S.ASSIGNED: Phase.OPEN,
    S.LOCKED: Phase.OPEN,
    S.COMPLETED: Phase.DONE,
    S.WAIVED: Phase.DONE,
    S.OBSOLETE: Phase.ENDED,
    S.WITHDRAWN: Phase.ENDED,
}
OPEN = tuple(status for status, phase in PHASES.items() if phase is Phase.OPEN)


@dataclass(frozen=True)
class Assignment:
    """One person's assignment to learn a version of a training or document, and of its material, by a due date.

    `attempts` counts the used quiz attempts; `assigned_by` is set if QA assigned it by hand.
    """

    organisation_id: UUID
    id: UUID
    record_id: UUID
    version: int
    document_id: UUID | None
    document_version: int | None
    person_id: UUID
    status: str
    cause: str
    due_on: date
    created_at: datetime
    updated_at: datetime
    attempts: int = 0
    assigned_by: UUID | None = None
    valid_until: date | None = None
    completed_at: datetime | None = None
    learner_signed_at: datetime | None = None
    closed_at: datetime | None = None
    revision: int = 0

    def overdue(self, today: date) -> bool:
        """Whether it is open after its due date."""
        return self.closed_at is None and self.due_on < today

    def ended(self, status: Status, at: datetime) -> Assignment:
        """The assignment closed with this status."""
        return replace(self, status=status, closed_at=at, updated_at=at)


@dataclass(frozen=True)
class Assigned:
    """An assignment with what its steps depend on: the version to learn, its material, its trainer and its quiz attempts.

    `trainer_id` is the named trainer, if they are still a member and not the learner. Since `suspended_on` its material must not be used,
    and so it pauses.
    """

    assignment: Assignment
    kind: str
    number: str
    content: Content
    content_sha256: str
    document: Mapping[str, object] | None = None
    files: Mapping[str, str] | None = None
    trainer_id: UUID | None = None
    attempts: tuple[Attempt, ...] = ()
    suspended_on: date | None = None

    @property
    def status(self) -> str:
        """The assignment's own status."""
        return self.assignment.status

    @property
    def taught(self) -> bool:
        """Whether a trainer assesses it."""
        return self.content.get("method") in TAUGHT

    @property
    def has_quiz(self) -> bool:
        """Whether a quiz must be passed."""
        return bool(quizzes.questions_of(self.content))

    @property
    def passed(self) -> bool:
        """Whether the quiz was passed, or there is none."""
        return not self.has_quiz or any(attempt.passed for attempt in self.attempts)

    @property
    def open_attempt(self) -> Attempt | None:
        """The attempt that was started and not answered yet."""
        return next((attempt for attempt in self.attempts if attempt.ended_at is None), None)


def _is_learner(found: Assigned, by: Actor) -> bool:
    return found.assignment.person_id == by.person_id


def _is_trainer(found: Assigned, by: Actor) -> bool:
    return found.trainer_id == by.person_id if found.trainer_id else QA.admits(by)


LEARNER = Relation("learner", _is_learner, Sentence("learner_only", "Only the person whose training this is may do that."))
NOT_LEARNER = Relation[Assigned](
    "not_learner",
    lambda found, by: not _is_learner(found, by),
    Sentence("own_training", "This is your own training, so somebody else must decide about it."),
)
TRAINER = Relation(
    "trainer", _is_trainer, Sentence("trainer_only", "Only the trainer whom the training names may assess this; where it names none, QA.")
)


def _not_paused(found: Assigned, _: Actor) -> Sentence | None:
    if found.suspended_on is None or found.document is None:
        return None
    return Sentence(
        "training_pauses",
        "{number} is suspended since {day}; don't use it. This training goes on when the suspension is lifted.",
        number=str(found.document["number"]),
        day=found.suspended_on,
    )


def _no_trainer(found: Assigned, _: Actor) -> Sentence | None:
    return Sentence("sign_attendance", "Sign that you attended; your trainer completes this.") if found.taught else None


def _trained_by_somebody(found: Assigned, _: Actor) -> Sentence | None:
    return Sentence("learnt_alone", "This training is learnt alone; no trainer assesses it.") if not found.taught else None


def _quiz_passed(found: Assigned, _: Actor) -> Sentence | None:
    return Sentence("pass_quiz_first", "Pass the quiz first.") if not found.passed else None


def _not_signed(found: Assigned, _: Actor) -> Sentence | None:
    signed = found.assignment.learner_signed_at is not None
    return Sentence("attendance_signed_already", "You have signed this already; your trainer completes it.") if signed else None


def _learner_signed(found: Assigned, _: Actor) -> Sentence | None:
    missing = found.assignment.learner_signed_at is None
    return Sentence("learner_signs_first", "The learner must sign first.") if missing else None


def _quiz_to_take(found: Assigned, _: Actor) -> Sentence | None:
    if not found.has_quiz:
        return Sentence("no_quiz", "This training has no quiz.")
    return Sentence("quiz_passed_already", "You have passed this quiz already; sign to complete the training.") if found.passed else None


def _quiz_begun(found: Assigned, _: Actor) -> Sentence | None:
    return Sentence("start_quiz_first", "Start the quiz first.") if found.open_attempt is None else None


LEARNERS: Group = Who(frozenset({Role.OPERATOR, Role.ACTION_OWNER, Role.QA}), "an Operator, an Action Owner or QA")
OWN = LEARNERS & LEARNER
TRAINERS = LEARNERS & NOT_LEARNER & TRAINER
JUDGES = QA & NOT_LEARNER
SIGNED = "read and understood"
ATTENDED = (_not_paused, _trained_by_somebody, _not_signed, _quiz_passed)
ASSESSABLE = (_not_paused, _trained_by_somebody, _learner_signed)
WORKFLOW = Workflow[Assigned](
    "assignment",
    "assignment",
    PHASES,
    #    step         from           to            who      gate         function       signature  needs
    Step("take_quiz", (S.ASSIGNED,), SAME, OWN, Gate.DIRECT, "start_quiz", None, (_not_paused, _quiz_to_take)),
    Step("answer_quiz", (S.ASSIGNED,), SAME, OWN, Gate.DIRECT, "answer_quiz", None, (_not_paused, _quiz_to_take, _quiz_begun)),
    Step("attend", (S.ASSIGNED,), SAME, OWN, Gate.SIGNED, "complete_training", SIGNED, ATTENDED),
    Step("complete", (S.ASSIGNED,), S.COMPLETED, OWN, Gate.SIGNED, "complete_training", SIGNED, (_not_paused, _no_trainer, _quiz_passed)),
    Step("assess", (S.ASSIGNED,), S.COMPLETED, TRAINERS, Gate.SIGNED, "assess_training", "assessed", ASSESSABLE),
    Step("waive", (S.ASSIGNED,), S.WAIVED, JUDGES, Gate.SIGNED, "waive_training", "waived", told=REASON),
    Step("obsolete", OPEN, S.OBSOLETE, SYSTEM),
    Step("withdraw", OPEN, S.WITHDRAWN, SYSTEM),
    Step("lock", (S.ASSIGNED,), S.LOCKED, SYSTEM),
    Step("reassign", (S.LOCKED,), S.ASSIGNED, JUDGES, Gate.DIRECT, "reassign_training"),
)


def step_of_learner(found: Assigned) -> str:
    """The step that the learner's signature takes: `attend` if a trainer assesses, else `complete`."""
    return "attend" if found.taught else "complete"


def signed_content(found: Assigned) -> dict[str, object]:
    """The content that a signature on an assignment covers (21 CFR 11.70): learner, version and material."""
    row = found.assignment
    return {
        "organisation_id": row.organisation_id,
        "assignment_id": row.id,
        "person_id": row.person_id,
        "record_id": row.record_id,
        "kind": found.kind,
        "number": found.number,
        "version": row.version,
        "content_sha256": found.content_sha256,
        "document": dict(found.document) if found.document else None,
        "files": sorted(set((found.files or {}).values())),
    }


def complete(found: Assigned, *, today: date, by: Actor, at: datetime) -> Outcome:
    """Record the learner's signature, which completes the training unless a trainer assesses it."""
    step = step_of_learner(found)
    WORKFLOW.permit(step, found, by)
    signed = replace(found.assignment, learner_signed_at=at, updated_at=at)
    return Outcome(saves=(signed if step == "attend" else _completed(signed, found.content, today, at),))


def assess(found: Assigned, *, today: date, by: Actor, at: datetime) -> Outcome:
    """Complete the training with the trainer's signature."""
    WORKFLOW.permit("assess", found, by)
    return Outcome(saves=(_completed(found.assignment, found.content, today, at),))


def waive(found: Assigned, *, by: Actor, at: datetime) -> Outcome:
    """Waive the training, with QA's signature and reason."""
    WORKFLOW.permit("waive", found, by)
    return Outcome(saves=(found.assignment.ended(S.WAIVED, at),))


def reassign(found: Assigned, *, by: Actor, at: datetime) -> Outcome:
    """Reopen a locked assignment with all quiz attempts available again."""
    WORKFLOW.permit("reassign", found, by)
    return Outcome(saves=(replace(found.assignment, status=S.ASSIGNED, attempts=0, updated_at=at),))


def start_quiz(found: Assigned, *, by: Actor, at: datetime) -> tuple[Attempt, Outcome]:
    """The open attempt, or a new one."""
    WORKFLOW.permit("take_quiz", found, by)
    if found.open_attempt is not None:
        return found.open_attempt, Outcome()
    row = found.assignment
    begun = quizzes.begin(row.organisation_id, row.id, found.content, len(found.attempts) + 1, at=at)
    return begun, Outcome(saves=(begun,))


def answer_quiz(
    found: Assigned, answers: Sequence[Answer], told: Sequence[UUID], learner: str, *, by: Actor, at: datetime
) -> tuple[Attempt, Outcome]:
    """Mark the attempt; failing the last one locks the assignment and notifies QA (`told`)."""
    WORKFLOW.permit("answer_quiz", found, by)
    assert found.open_attempt is not None  # noqa: S101 - the row's own condition
    ended = quizzes.mark(found.open_attempt, found.content, answers, at=at)
    used = replace(found.assignment, attempts=found.assignment.attempts + 1, updated_at=at)
    if ended.passed or used.attempts < quizzes.allowed(found.content):
        return ended, Outcome(saves=(ended, used))
    locked = replace(saved(used), status=S.LOCKED)
    facts = {"person": learner, "training": found.number, "attempts": str(used.attempts), "assignment_id": str(used.id)}
    return ended, Outcome(
        saves=(ended, used),
        notices=(Notice("training_locked", tuple(told), facts),),
        follows=(Following("lock", "the attempts at the quiz are used up", (locked,)),),
    )


def _completed(row: Assignment, given: Content, today: date, at: datetime) -> Assignment:
    months = given.get("validity_months")
    until = days.months_later(today, months) if isinstance(months, int) else None
    return replace(row.ended(S.COMPLETED, at), completed_at=at, valid_until=until)
