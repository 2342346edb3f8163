"""Trainings: their material, method and audience; drafted in changes, with one active version (ISO 13485 6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from shared.domain.kernel import text
from shared.domain.kernel.content import Choice, Content, Fields, FileId, Identifier, Integer, ListOf, Text
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.outcomes import Following, Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.untyped import as_object
from shared.domain.kernel.workflow import SYSTEM, Gate, Phase, Step, Workflow
from shared.domain.people.people import ACTION_OWNERS, Role
from shared.domain.records.dossiers import Dossier
from shared.domain.records.kind import Kind
from shared.domain.records.links import End, link
from shared.domain.trainings import quizzes

if TYPE_CHECKING:
    from shared.domain.changes.proposals import Proposal
    from shared.domain.records.links import Link
    from shared.domain.records.records import Record


class Status(StrEnum):
    """The status of a training."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"
    VOID = "void"


S = Status
READ, QUIZ, CLASSROOM, ON_JOB = "read", "quiz", "classroom", "on_the_job"
TAUGHT = frozenset({CLASSROOM, ON_JOB})  # by a trainer, who assesses it
DAYS_TO_COMPLETE = 14
CONTENT = Fields(
    method=Choice((READ, QUIZ, CLASSROOM, ON_JOB)),
    trainer_id=Identifier(),
    material=Fields(document_id=Identifier(), file_ids=ListOf(FileId(), 50)),
    description=Text(text.PROSE),
    audience=Fields(team_ids=ListOf(Identifier(), 100), roles=ListOf(Choice(tuple(Role)), 4), person_ids=ListOf(Identifier(), 100)),
    days_to_complete=Integer(1, 365),
    validity_months=Integer(1, 120),
    quiz=quizzes.QUIZ,
    no_retraining_reason=Text(text.REASON),
    form_version=Text(text.NAME),
)
TrainingContent = Annotated[dict[str, Any], CONTENT]
WORKFLOW = Workflow[Dossier](
    "training",
    "training",
    {S.DRAFT: Phase.DRAFT, S.ACTIVE: Phase.IN_FORCE, S.RETIRED: Phase.ENDED, S.VOID: Phase.ENDED},
    #    step        from           to         who            gate
    Step("release", (S.DRAFT,), S.ACTIVE, ACTION_OWNERS, Gate.CHANGE, "propose_change", version=True),
    Step("revise", (S.ACTIVE,), S.ACTIVE, ACTION_OWNERS, Gate.CHANGE, "propose_change", version=True),
    Step("retire", (S.ACTIVE,), S.RETIRED, ACTION_OWNERS, Gate.CHANGE, "propose_change"),
    Step("void", (S.DRAFT,), S.VOID, SYSTEM),
)


def with_defaults(given: Content) -> dict[str, object]:
    """The content with its default method and days filled in, so that approvers see them."""
    quiz = as_object(given.get("quiz"))
    said = {"method": QUIZ if quizzes.questions_of(given) else READ, "days_to_complete": DAYS_TO_COMPLETE, **given}
    return {**said, "quiz": quizzes.with_defaults(quiz)} if quiz else said


def refuse_contradictions(_type: str | None, given: Content, _at: datetime) -> None:
    """Raise Invalid if the method is quiz and there is no question, or if a question can't be answered."""
    if given.get("method") == QUIZ and not quizzes.questions_of(given):
        raise Invalid("content.quiz", Sentence("quiz_needed", "A training by quiz needs a quiz with at least one question."))
    quizzes.refuse_contradictions(given)


def unmet(found: Dossier, step: str, given: Content, _today: date) -> list[Sentence]:
    """One sentence for each thing that a training lacks before it is approved."""
    if step not in ("release", "revise") or given.get("method") in TAUGHT:
        return []
    if document_of(given) or as_object(given.get("material")).get("file_ids") or given.get("description") or quizzes.questions_of(given):
        return []
    return [
        Sentence(
            "nothing_to_learn_from", "{number} has nothing to learn from: give its material or a description.", number=found.record.number
        )
    ]


def effects(record: Record, _found: Dossier, at: datetime) -> tuple[object, ...]:
    """The link from a training to the document that is its material."""
    document_id = document_of(record.content)
    if document_id is None:
        return ()
    start, end = End(record.id, "training", record.number), End(document_id, "document", "")
    return (link(record.organisation_id, start, "trains", end, by=record.created_by, at=at),)


def former_material(proposal: Proposal) -> dict[UUID, UUID]:
    """The former material of each training whose change replaces or removes it."""
    found = {}
    for item in proposal.items:
        record = proposal.record(item.record_id)
        if item.kind != KIND.name or not record.latest_version or not KIND.workflow[item.step].version:
            continue
        before, after = document_of(record.content), document_of(KIND.laid_over(record, item.content))
        if before is not None and before != after:
            found[record.id] = before
    return found


def unlinked(gone: Sequence[Link], cause: str) -> Outcome:
    """The system's removal of links to former material; the audit trail keeps them."""
    return Outcome(follows=(Following("unlink", cause, removes=tuple(gone)),) if gone else ())


def document_of(given: Content) -> UUID | None:
    """The document that is the training's material."""
    found = as_object(given.get("material")).get("document_id")
    return UUID(str(found)) if found else None


def people_of(given: Content) -> list[UUID]:
    """The people that the content names: its trainer and the people in its audience."""
    named = [given.get("trainer_id"), *(as_object(given.get("audience")).get("person_ids") or ())]
    return [UUID(str(one)) for one in named if one]


KIND = Kind(
    workflow=WORKFLOW,
    content=CONTENT,
    prefixes={None: "TRN"},
    drafted=True,
    one_version_fields=frozenset({"no_retraining_reason"}),
    readers=True,
    with_defaults=with_defaults,
    refuse_contradictions=refuse_contradictions,
    unmet=unmet,
    effects=effects,
)
