"""The training matrix: who was trained in what on a day, derived from assignments and never stored (21 CFR 11.10(i))."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from shared.domain.kernel.values import dataclass
from shared.domain.trainings.assignments import Assignment, Status
from shared.domain.trainings.audiences import Learner, Requirement, Standing

S = Status
TRAINED, ASSIGNED, OVERDUE, LOCKED, EXPIRED, WAIVED, NONE = "trained", "assigned", "overdue", "locked", "expired", "waived", "none"
Day = Callable[[datetime], date]


@dataclass(frozen=True)
class Cell:
    """The state of one person in one training on a day, with its dates and the assignment that it follows from."""

    requirement: Requirement
    state: str
    assignment: Assignment | None = None
    on: date | None = None
    due_on: date | None = None
    valid_until: date | None = None

    @property
    def trained(self) -> bool:
        """Whether nothing is owed on that day."""
        return self.state in (TRAINED, WAIVED)


def row_of(learner: Learner, standing: Standing, on: date, day: Day) -> list[Cell]:
    """The cells of one person: the trainings of their audiences and any others assigned to them."""
    covering = standing.covering()
    own = [row for row in standing.present if row.person_id == learner.person_id and day(row.created_at) <= on]
    cells = []
    for need in standing.requirements:
        covered = need.kind == "document" and any(one.wants(learner) for one in covering.get(need.record_id, ()))
        asked = need.wants(learner) and not covered
        if asked or any(row.record_id == need.record_id and row.status not in (S.OBSOLETE, S.WITHDRAWN) for row in own):
            cells.append(cell(need, own, on, day))
    return cells


def cell(need: Requirement, own: Sequence[Assignment], on: date, day: Day) -> Cell:
    """The state of one person on the day `on`; `day` gives the organisation's calendar day of a moment."""
    done = [row for row in own if row.closed_at is not None and day(row.closed_at) <= on and need.met_by(row)]
    newest = max(done, key=lambda row: (row.valid_until or date.max, row.id), default=None)
    begun = [row for row in own if row.record_id == need.record_id and (row.closed_at is None or day(row.closed_at) > on)]
    waits = max(begun, key=lambda row: row.id, default=None)
    due_on = waits.due_on if waits else None
    if newest is not None and newest.closed_at is not None:
        closed_on, until = day(newest.closed_at), newest.valid_until
        if until is None or until >= on:
            return Cell(
                requirement=need,
                state=WAIVED if newest.status == S.WAIVED else TRAINED,
                assignment=newest,
                on=closed_on,
                due_on=due_on,
                valid_until=until,
            )
        return Cell(requirement=need, state=EXPIRED, assignment=waits or newest, on=closed_on, due_on=due_on, valid_until=until)
    if waits is None:
        return Cell(need, NONE)
    state = LOCKED if waits.status == S.LOCKED else OVERDUE if waits.due_on < on else ASSIGNED
    return Cell(requirement=need, state=state, assignment=waits, on=None, due_on=due_on, valid_until=None)
