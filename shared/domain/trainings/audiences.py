"""The comparison of required with existing training: which assignments begin and which end (ISO 13485 6.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from shared.domain.kernel import ids
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.outcomes import Following, Notice, Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass, replace
from shared.domain.trainings.assignments import Assignment, Status
from shared.domain.trainings.trainings import DAYS_TO_COMPLETE

S = Status
RUNS_OUT, BY_HAND = "the validity runs out", "by hand"
ENDS = {S.OBSOLETE: "obsolete", S.WITHDRAWN: "withdraw"}
NAMED = 3  # trainings that one mail names; it counts the others


@dataclass(frozen=True)
class Learner:
    """An active member who can be trained, with the role and teams that make them part of audiences."""

    person_id: UUID
    role: str
    team_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Requirement:
    """A training, or a document that must be read, in its newest approved version.

    `since` is the newest version that required retraining: whoever learnt it or a later one is trained. `document_since` is the same for
    the material `document_id`, which is the record itself if that is a document. `effective_on` is the effective date.
    Where it is `held`, its material is suspended, and nobody begins to learn it.
    """

    organisation_id: UUID
    record_id: UUID
    kind: str
    number: str
    title: str
    version: int
    since: int
    document_id: UUID | None = None
    document_version: int | None = None
    document_since: int | None = None
    team_ids: frozenset[UUID] = frozenset()
    roles: frozenset[str] = frozenset()
    person_ids: frozenset[UUID] = frozenset()
    days: int | None = None
    effective_on: date | None = None
    held: bool = False

    def wants(self, learner: Learner) -> bool:
        """Whether the learner is part of its audience."""
        return learner.person_id in self.person_ids or learner.role in self.roles or bool(learner.team_ids & self.team_ids)

    def due(self, today: date) -> date:
        """The due date of an assignment made today: the usual one, or the effective date if that is sooner."""
        usual = today + timedelta(days=self.days or DAYS_TO_COMPLETE)
        return min(usual, self.effective_on) if self.effective_on and self.effective_on >= today else usual

    def met_by(self, row: Assignment) -> bool:
        """Whether a completed or waived assignment satisfies the requirement: it was for a version that still counts."""
        if row.status not in (S.COMPLETED, S.WAIVED):
            return False
        same_material = row.document_id == self.document_id and row.document_version is not None
        material_counts = not same_material or (row.document_version or 0) >= (self.document_since or 0)
        if row.record_id == self.record_id:
            return row.version >= self.since and material_counts
        return self.kind == "document" and same_material and material_counts


@dataclass(frozen=True)
class Standing:
    """The state of training: the requirements, the learners, and their open and newest closed assignments."""

    requirements: Sequence[Requirement]
    learners: Mapping[UUID, Learner]
    present: Sequence[Assignment]

    def covering(self) -> dict[UUID, list[Requirement]]:
        """The trainings on each document; their audience needn't read the document separately."""
        found: dict[UUID, list[Requirement]] = defaultdict(list)
        for one in self.requirements:
            if one.kind == "training" and one.document_id is not None:
                found[one.document_id].append(one)
        return found


def settle(standing: Standing, *, cause: str, today: date, at: datetime) -> Outcome:
    """Begin and end assignments so that exactly the audiences are trained or assigned; idempotent."""
    needs, covering = {one.record_id: one for one in standing.requirements}, standing.covering()
    closed, ended, made = _counting(standing, today), _over(standing, needs, covering), []
    taken: set[tuple[UUID, UUID]] = set()
    for row in standing.present:
        if row.closed_at is None and (row.id not in ended or ended[row.id] is None):
            taken.add((row.record_id, row.person_id))
        if row.id in ended and ended[row.id] is None:
            need, again = needs[row.record_id], row.assigned_by is not None or row.cause == RUNS_OUT
            if not need.held and (again or not any(need.met_by(done) for done in closed[row.person_id])):
                fresh = assign(need, row.person_id, row.cause if again else cause, need.due(today), at)
                made.append(replace(fresh, assigned_by=row.assigned_by))
    for need in (one for one in standing.requirements if not one.held):
        for learner in standing.learners.values():
            if (need.record_id, learner.person_id) in taken or not need.wants(learner) or _covered(need, learner, covering):
                continue
            if not any(need.met_by(row) for row in closed[learner.person_id]):
                made.append(assign(need, learner.person_id, cause, need.due(today), at))
    gone = {status: [row for row in standing.present if row.id in ended and (ended[row.id] or S.OBSOLETE) == status] for status in ENDS}
    follows = [
        Following(step, cause, tuple(row.ended(status, at) for row in gone[status])) for status, step in ENDS.items() if gone[status]
    ]
    begun = [Following("assign", cause, tuple(made))] if made else []
    return Outcome(follows=(*follows, *begun), notices=notices(made, needs))


def _counting(standing: Standing, today: date) -> dict[UUID, list[Assignment]]:
    """Each person's closed assignments that are still valid."""
    found: dict[UUID, list[Assignment]] = defaultdict(list)
    for row in standing.present:
        if row.closed_at is not None and (row.valid_until is None or row.valid_until >= today):
            found[row.person_id].append(row)
    return found


def _over(standing: Standing, needs: Mapping[UUID, Requirement], covering: Mapping[UUID, list[Requirement]]) -> dict[UUID, Status | None]:
    """The open assignments that end, by id, with their final status; None if an assignment to the newest version replaces it."""
    found: dict[UUID, Status | None] = {}
    for row in standing.present:
        if row.closed_at is not None:
            continue
        learner, need = standing.learners.get(row.person_id), needs.get(row.record_id)
        if learner is None or (need is not None and row.assigned_by is None and not need.wants(learner)):
            found[row.id] = S.WITHDRAWN
        elif need is None or _covered(need, learner, covering):
            found[row.id] = S.OBSOLETE
        elif (row.version, row.document_version) != (need.version, need.document_version):
            found[row.id] = None
    return found


def by_hand(
    need: Requirement, standing: Standing, person_ids: Iterable[UUID], due_on: date | None, *, by: UUID, today: date, at: datetime
) -> list[Assignment]:
    """Assignments by QA, for those of the people who have no open assignment to this training."""
    if due_on is not None and not today <= due_on <= today.replace(year=today.year + 10, day=1):
        raise Invalid("due_on", Sentence("day_passed_or_too_far", "This day has passed, or is more than ten years away."))
    has_open = {row.person_id for row in standing.present if row.closed_at is None and row.record_id == need.record_id}
    return [
        replace(assign(need, person, BY_HAND, due_on or need.due(today), at), assigned_by=by)
        for person in dict.fromkeys(person_ids)
        if person not in has_open
    ]


def retrain(expiring: Iterable[Assignment], standing: Standing, *, at: datetime) -> Outcome:
    """A new assignment for each that expires, due on the day it expires; people no longer in the audience get none."""
    needs, covering = {one.record_id: one for one in standing.requirements}, standing.covering()
    has_open = {(row.record_id, row.person_id) for row in standing.present if row.closed_at is None}
    made = []
    for row in expiring:
        need, learner = needs.get(row.record_id), standing.learners.get(row.person_id)
        if need is None or need.held or learner is None or row.valid_until is None or (row.record_id, row.person_id) in has_open:
            continue
        if row.assigned_by is not None or (need.wants(learner) and not _covered(need, learner, covering)):
            again = assign(need, row.person_id, RUNS_OUT, row.valid_until, at)
            made.append(replace(again, assigned_by=row.assigned_by))
    follows = (Following("assign", RUNS_OUT, tuple(made)),) if made else ()
    return Outcome(follows=follows, notices=notices(made, needs))


def assign(need: Requirement, person_id: UUID, cause: str, due_on: date, at: datetime) -> Assignment:
    """One new assignment."""
    return Assignment(
        organisation_id=need.organisation_id,
        id=ids.new(at),
        record_id=need.record_id,
        version=need.version,
        document_id=need.document_id,
        document_version=need.document_version,
        person_id=person_id,
        status=S.ASSIGNED,
        cause=cause,
        due_on=due_on,
        created_at=at,
        updated_at=at,
    )


def notices(made: Sequence[Assignment], needs: Mapping[UUID, Requirement]) -> tuple[Notice, ...]:
    """One mail to each person, whatever the number of their new assignments; people with the same assignments share a notice."""
    by_person: dict[UUID, list[Assignment]] = defaultdict(list)
    for row in made:
        by_person[row.person_id].append(row)
    alike: dict[tuple[tuple[UUID, date], ...], list[UUID]] = defaultdict(list)
    for person, rows in by_person.items():
        alike[tuple(sorted((row.record_id, row.due_on) for row in rows))].append(person)
    return tuple(Notice("training_assigned", tuple(people), _facts(rows, needs)) for rows, people in alike.items())


def _facts(rows: Sequence[tuple[UUID, date]], needs: Mapping[UUID, Requirement]) -> dict[str, str]:
    names = [f"{needs[record].number} {needs[record].title}"[:120] for record, _ in rows[:NAMED]]
    more = [f"+{len(rows) - NAMED}"] if len(rows) > NAMED else []
    return {"trainings": ", ".join((*names, *more)), "due_on": min(due for _, due in rows).isoformat()}


def _covered(need: Requirement, learner: Learner, covering: Mapping[UUID, list[Requirement]]) -> bool:
    """Whether a training on the document covers the learner."""
    return need.kind == "document" and any(one.wants(learner) for one in covering.get(need.record_id, ()))
