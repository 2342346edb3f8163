"""Trainings: what people must learn, how, and who must; drafts live in changes, one version is active (ISO 13485 6.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from shared.domain.kernel import text
from shared.domain.kernel.content import Choice, Content, Fields, FileId, Identifier, Integer, ListOf, Text
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.outcomes import Following, Outcome
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
    """The content with the method and the days said, so that whoever approves it reads them."""
    quiz = given.get("quiz")
    said = {"method": QUIZ if quizzes.questions_of(given) else READ, "days_to_complete": DAYS_TO_COMPLETE, **given}
    return {**said, "quiz": quizzes.with_defaults(quiz)} if isinstance(quiz, Mapping) else said


def refuse_contradictions(_type: str | None, given: Content, _at: datetime) -> None:
    """Raise Invalid where a quiz is wanted and there is none, or a question can't be answered."""
    if given.get("method") == QUIZ and not quizzes.questions_of(given):
        raise Invalid("content.quiz", "A training by quiz needs a quiz with at least one question.")
    quizzes.refuse_contradictions(given)


def unmet(found: Dossier, step: str, given: Content, _today: date) -> list[str]:
    """What a training still needs before it is approved, as sentences."""
    if step not in ("release", "revise") or given.get("method") in TAUGHT:
        return []
    if document_of(given) or _part(given, "material").get("file_ids") or given.get("description") or quizzes.questions_of(given):
        return []
    return [f"{found.record.number} has nothing to learn from: give its material or a description."]


def effects(record: Record, _found: Dossier, at: datetime) -> tuple[object, ...]:
    """The link from the training to the document that it trains people in."""
    document_id = document_of(record.content)
    if document_id is None:
        return ()
    start, end = End(record.id, "training", record.number), End(document_id, "document", "")
    return (link(record.organisation_id, start, "trains", end, by=record.created_by, at=at),)


def former_material(proposal: Proposal) -> dict[UUID, UUID]:
    """By training that a change revises to another document, or to none, the document that it trained people in before."""
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
    """The links to what trainings no longer train people in, taken away by the system; the audit trail keeps them."""
    return Outcome(follows=(Following("unlink", cause, removes=tuple(gone)),) if gone else ())


def document_of(given: Content) -> UUID | None:
    """The document that is the training's material."""
    found = _part(given, "material").get("document_id")
    return UUID(str(found)) if found else None


def people_of(given: Content) -> list[UUID]:
    """The people that the content names: its trainer and its audience, one by one."""
    named = [given.get("trainer_id"), *(_part(given, "audience").get("person_ids") or ())]
    return [UUID(str(one)) for one in named if one]


def _part(given: Content, name: str) -> Mapping[str, list[str]]:
    found = given.get(name)
    return found if isinstance(found, Mapping) else {}


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
