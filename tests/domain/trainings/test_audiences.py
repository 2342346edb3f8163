"""Who must be trained against who is: settled, the assignments are exactly what is asked; twice, nothing happens (ISO 13485 6.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.domain.kernel.days import months_later
from shared.domain.kernel.outcomes import Outcome, saved
from shared.domain.trainings import audiences
from shared.domain.trainings.assignments import Assignment
from shared.domain.trainings.audiences import Requirement, Standing
from shared.domain.trainings.training_matrix import cell, row_of
from tests.domain import cases
from tests.domain.learning import SOP, TOM, TRAINING, assignment, learner, requirement, rows_of

PEOPLE = [cases.uid(f"person {number}") for number in range(4)]
TEAMS = [cases.uid(f"team {number}") for number in range(2)]
DAYS = (None, cases.TODAY, cases.TODAY - timedelta(1))
ROLES = ("operator", "action_owner", "qa")


def settled(standing: Standing, cause: str = "approval") -> Outcome:
    """What settling does today."""
    return audiences.settle(standing, cause=cause, today=cases.TODAY, at=cases.AT)


def steps(outcome: Outcome) -> dict[str, list[Any]]:
    """The rows by step."""
    return {follow.step: list(follow.saves) for follow in outcome.follows}


def standing(*present: Assignment, needs: tuple[Requirement, ...] | None = None, **more: Any) -> Standing:
    """One learner of whom a training is asked."""
    learners = {one.person_id: one for one in more.get("learners", [learner()])}
    return Standing((requirement(),) if needs is None else needs, learners, present)


def afterwards(before: Standing, outcome: Outcome) -> Standing:
    """What there is once the outcome is written."""
    rows = {row.id: row for row in before.present}
    for follow in outcome.follows:
        rows |= {row.id: saved(row) for row in rows_of(follow.saves)}
    counts = [row for row in rows.values() if row.closed_at is None or row.status in ("completed", "waived")]
    return replace(before, present=counts)


@some.composite
def standings(draw: Any) -> Standing:
    """Some trainings, one document and trainings on it, some people, and whatever they were assigned before."""
    audience = some.fixed_dictionaries(
        {
            "team_ids": some.frozensets(some.sampled_from(TEAMS)),
            "roles": some.frozensets(some.sampled_from(ROLES), max_size=1),
            "person_ids": some.frozensets(some.sampled_from(PEOPLE), max_size=2),
        }
    )
    needs = []
    for number in range(draw(some.integers(0, 3))):
        version = draw(some.integers(1, 3))
        on_document = draw(some.booleans())
        material = {"document_id": SOP, "document_version": 2, "document_since": draw(some.integers(1, 2))} if on_document else {}
        about = {"record_id": cases.uid(f"training {number}"), "version": version, "since": draw(some.integers(1, version))}
        needs.append(requirement(**about, **material, **draw(audience)))
    if draw(some.booleans()):
        since = draw(some.integers(1, 2))
        needs.append(requirement("document", version=2, since=since, document_version=2, document_since=since, **draw(audience)))
    teams, role = some.frozensets(some.sampled_from(TEAMS)), some.sampled_from(ROLES)
    found = [learner(person_id=one, role=draw(role), team_ids=draw(teams)) for one in PEOPLE[:3]]  # the fourth has left
    rows: list[Assignment] = []
    records = [(one.record_id, one.document_id) for one in needs] + [(cases.uid("retired training"), None)]
    for number, (record_id, document_id) in enumerate(records):
        for person in PEOPLE:
            for status in draw(some.sets(some.sampled_from(("assigned", "locked", "completed", "waived")), max_size=2)):
                same = [row for row in rows if (row.record_id, row.person_id) == (record_id, person)]
                has_open = any(row.closed_at is None for row in same)
                if status in ("assigned", "locked") and has_open:
                    continue
                rows.append(
                    assignment(
                        status=status,
                        person_id=person,
                        record_id=record_id,
                        id=cases.uid(f"{number} {person} {status}"),
                        version=draw(some.integers(1, 3)),
                        document_id=document_id,
                        document_version=draw(some.integers(1, 2)) if document_id else None,
                        valid_until=draw(some.sampled_from(DAYS)) if status == "completed" else None,
                        assigned_by=draw(some.sampled_from([None, TOM.person_id])),
                    )
                )
    return Standing(needs, {one.person_id: one for one in found}, rows)


@given(standings())
def test_settling_leaves_exactly_what_is_asked_and_does_nothing_twice(before: Standing) -> None:
    outcome = settled(before)
    after = afterwards(before, outcome)
    assert settled(after) == Outcome(), "settled twice, nothing happens twice"
    opened = [row for row in after.present if row.closed_at is None]
    assert len({(row.record_id, row.person_id) for row in opened}) == len(opened), "one open assignment of a training for each person"
    needs, covering = {one.record_id: one for one in after.requirements}, after.covering()
    for row in opened:
        need, who = needs[row.record_id], after.learners[row.person_id]
        assert (row.version, row.document_version) == (need.version, need.document_version)
        assert need.wants(who) or row.assigned_by is not None
    for need in after.requirements:
        for who in after.learners.values():
            covered = need.kind == "document" and any(one.wants(who) for one in covering.get(need.record_id, ()))
            if need.wants(who) and not covered:
                theirs = [row for row in after.present if row.person_id == who.person_id and row.closed_at is not None]
                met = [row for row in theirs if need.met_by(row)]
                holds = [row for row in met if row.valid_until is None or row.valid_until >= cases.TODAY]
                waits = [row for row in opened if (row.record_id, row.person_id) == (need.record_id, who.person_id)]
                assert holds or waits, "somebody who must be trained is neither trained nor assigned"
    touched = [row.id for follow in outcome.follows for row in rows_of(follow.saves)]
    assert len(touched) == len(set(touched)), "no row is written twice"
    closed = {row.id for row in before.present if row.closed_at is not None}
    assert not closed & set(touched), "what was completed stays as it is"


@given(standings())
def test_everybody_who_is_assigned_gets_one_mail(before: Standing) -> None:
    outcome = settled(before)
    told = [person for notice in outcome.notices for person in notice.person_ids]
    assert sorted(told) == sorted({row.person_id for row in steps(outcome).get("assign", [])})


def test_an_older_open_assignment_makes_room_for_the_new_version() -> None:
    done = steps(settled(standing(assignment(), needs=(requirement(version=2, since=2),))))
    assert [(row.status, row.version) for row in done["obsolete"]] == [("obsolete", 1)]
    assert [(row.status, row.version) for row in done["assign"]] == [("assigned", 2)]


def test_no_retraining_spares_the_trained_only() -> None:
    trained = assignment(status="completed")
    newcomer = learner(TOM, role="operator")
    done = steps(settled(standing(trained, needs=(requirement(version=2, since=1),), learners=[learner(), newcomer])))
    assert [row.person_id for row in done["assign"]] == [TOM.person_id]


def test_a_training_on_a_document_counts_as_having_read_it() -> None:
    read_in_class = assignment(status="completed", document_id=SOP, document_version=1)
    assert settled(standing(read_in_class, needs=(requirement("document"),))) == Outcome()
    newer = requirement("document", version=2, since=2, document_version=2, document_since=2)
    assert len(steps(settled(standing(read_in_class, needs=(newer,))))["assign"]) == 1


def test_who_is_covered_by_a_training_needs_no_reading_besides() -> None:
    course = requirement(document_id=SOP, document_version=1, document_since=1)
    reading = assignment(record_id=SOP, document_id=SOP, document_version=1)
    done = steps(settled(standing(reading, needs=(course, requirement("document")))))
    assert [row.record_id for row in done["obsolete"]] == [SOP]
    assert [row.record_id for row in done["assign"]] == [TRAINING]


def test_the_day_is_before_it_takes_effect() -> None:
    usual = cases.TODAY + timedelta(14)
    assert requirement().due(cases.TODAY) == usual
    assert requirement(days=3).due(cases.TODAY) == cases.TODAY + timedelta(3)
    assert requirement(effective_on=cases.TODAY + timedelta(5)).due(cases.TODAY) == cases.TODAY + timedelta(5)
    assert requirement(effective_on=cases.TODAY + timedelta(50)).due(cases.TODAY) == usual
    assert requirement(effective_on=cases.TODAY - timedelta(5)).due(cases.TODAY) == usual


def test_what_runs_out_is_assigned_again_until_the_day_that_it_does() -> None:
    soon = cases.TODAY + timedelta(9)
    old = assignment(status="completed", valid_until=soon)
    [follow] = audiences.retrain([old], standing(old), at=cases.AT).follows
    [fresh] = rows_of(follow.saves)
    assert (fresh.due_on, fresh.status, follow.step) == (soon, "assigned", "assign")
    assert audiences.retrain([old], standing(old, assignment(id=cases.uid("new"))), at=cases.AT) == Outcome(), "it is assigned already"
    assert audiences.retrain([old], standing(old, learners=[]), at=cases.AT) == Outcome(), "who left learns nothing"
    nobody = requirement(roles=frozenset())
    assert audiences.retrain([old], standing(old, needs=(nobody,)), at=cases.AT) == Outcome(), "who isn't asked any more, either"
    by_hand = replace(old, assigned_by=TOM.person_id)
    assert len(audiences.retrain([by_hand], standing(old, needs=(nobody,)), at=cases.AT).follows) == 1


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([], "none"),
        ([assignment()], "assigned"),
        ([assignment(due_on=cases.TODAY - timedelta(1))], "overdue"),
        ([assignment(due_on=cases.TODAY)], "assigned"),
        ([assignment(status="locked")], "locked"),
        ([assignment(status="completed")], "trained"),
        ([assignment(status="completed", valid_until=cases.TODAY)], "trained"),
        ([assignment(status="completed", valid_until=cases.TODAY - timedelta(1))], "expired"),
        ([assignment(status="waived")], "waived"),
        ([assignment(status="completed", closed_at=cases.AT + timedelta(1))], "assigned"),
    ],
)
@pytest.mark.clause("11.10(i)")
def test_the_matrix_says_how_a_person_stands_on_a_day(rows: list[Assignment], state: str) -> None:
    found = cell(requirement(), rows, cases.TODAY, cases.organisation().today)
    assert found.state == state
    assert found.trained is (state in ("trained", "waived"))


def test_the_matrix_shows_what_is_asked_and_what_was_assigned_besides() -> None:
    day = cases.organisation().today
    assert [one.state for one in row_of(learner(), standing(), cases.TODAY, day)] == ["none"]
    nobody = requirement(roles=frozenset())
    assert row_of(learner(), standing(needs=(nobody,)), cases.TODAY, day) == []
    assert [one.state for one in row_of(learner(), standing(assignment(), needs=(nobody,)), cases.TODAY, day)] == ["assigned"]
    assert row_of(learner(), standing(assignment(), needs=(nobody,)), cases.TODAY - timedelta(40), day) == [], "not yet assigned then"


@given(some.dates(cases.TODAY.replace(year=2000), cases.TODAY.replace(year=9900)), some.integers(1, 120))
def test_months_later_is_the_same_day_or_the_months_last(day: Any, months: int) -> None:
    found = months_later(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found + timedelta(1)).day == 1


def test_a_new_version_of_the_material_is_learnt_again() -> None:
    done = assignment(status="completed", document_id=SOP, document_version=1)
    course = requirement(document_id=SOP, document_version=2, document_since=2)
    assert [row.document_version for row in steps(settled(standing(done, needs=(course,))))["assign"]] == [2]
    assert settled(standing(done, needs=(replace(course, document_since=1),))) == Outcome(), "it said that nobody need learn it again"


def test_what_was_assigned_by_hand_stays_without_an_audience() -> None:
    nobody = requirement(roles=frozenset())
    by_hand = assignment(assigned_by=TOM.person_id)
    assert settled(standing(by_hand, needs=(nobody,))) == Outcome()
    assert list(steps(settled(standing(assignment(), needs=(nobody,))))) == ["withdraw"]
    assert list(steps(settled(standing(by_hand, needs=(nobody,), learners=[])))) == ["withdraw"], "but not after leaving"
    newer = replace(nobody, version=2, since=2)
    assert [row.assigned_by for row in steps(settled(standing(by_hand, needs=(newer,))))["assign"]] == [TOM.person_id]
