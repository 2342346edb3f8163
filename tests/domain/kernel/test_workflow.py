"""Every (state, step, role) of every lifecycle: open exactly where the domain's table says, refused everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from shared.domain.kernel.errors import Conflict, Forbidden
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.workflow import SYSTEM, Actor, Closed, Phase, Step, Subject, Who, Workflow, words
from shared.domain.people.people import SYSTEM_ACTOR, Role
from shared.domain.records.lifecycles import WORKFLOWS, steps_of, who_takes
from tests.domain import cases, learning, planned
from tests.domain.lifecycles import TABLES, Row

STRANGER = cases.member("Tess", None)
ACTORS: dict[str, Actor] = {
    "operator": replace(STRANGER, role=Role.OPERATOR),
    "action_owner": replace(STRANGER, role=Role.ACTION_OWNER),
    "qa": replace(STRANGER, role=Role.QA),
    "inspector": replace(STRANGER, role=Role.INSPECTOR),
    "admin": replace(STRANGER, admin=True),
    "no role": STRANGER,
    "deactivated qa": replace(STRANGER, role=Role.QA, admin=True, status="deactivated"),
    "system": SYSTEM_ACTOR,
}
CELLS = [(kind, step, status) for kind, table in TABLES.items() for step in table.rows for status in sorted(table.statuses)]


@dataclass(frozen=True)
class Thing:
    """Whatever only has a status."""

    status: str


def changes_of(_kind: str, step: str, status: str, actor: Actor) -> Iterator[tuple[str, Any]]:
    """A change in this state: somebody else's, the actor's own, and one that the actor has signed."""
    waits = cases.submitted(cases.proposal(policy=cases.approvers(cases.QUINN, cases.RUTH, STRANGER, required=2 if step == "sign" else 1)))
    asked = ({"description": "Look at ten batches"},) if step == "close" else ()
    waits = replace(waits, change=replace(waits.change, status=status, follow_ups=asked))
    yield "no author", waits
    yield "author", replace(waits, authors=waits.authors | {actor.person_id})
    own = replace(cases.signature(cases.QUINN), person_id=actor.person_id)
    yield "signed", replace(waits, signatures=(own,))


def worked_on(kind: str, _step: str, status: str, actor: Actor) -> Iterator[tuple[str, Any]]:
    """A record with working content in this state: others wrote it, or the actor did as well."""
    found = cases.worked(kind, status)
    yield "no contributor", found
    yield "contributor", replace(found, contributors=found.contributors | {actor.person_id})


def events_of(kind: str, step: str, status: str, actor: Actor) -> Iterator[tuple[str, Any]]:
    """An event in this state; who reported it doesn't triage it, and whoever worked on it since may."""
    for name, found in worked_on(kind, step, status, actor):
        yield "not reporter" if step == "triage" else name, found
    if step == "triage":
        yield "reporter", replace(found, record=replace(found.record, created_by=actor.person_id))


# Where a kind's steps look at more than a status: every relation that an actor can have to the thing. Each kind has one entry at most.
SUBJECTS: dict[str, Callable[[str, str, str, Actor], Iterator[tuple[str, Any]]]] = {
    "change": changes_of,
    "event": events_of,
    "investigation": worked_on,
    **planned.SUBJECTS,
    **learning.SUBJECTS,
}


def subjects(kind: str, step: str, status: str, actor: Actor) -> Iterator[tuple[str, Any]]:
    """The thing in this state, once for each relation that `actor` can have to it; every other condition of the step is met."""
    if kind in SUBJECTS:
        yield from SUBJECTS[kind](kind, step, status, actor)
    else:
        yield "none", Thing(status)


def expected(row: Row, name: str, relation: str, status: str) -> str:
    """What must happen, read off the tests' own table."""
    if name not in row.who:
        return "forbidden by role"
    if row.relation == "anybody but an author":
        if relation == "author":
            return "forbidden by relation"
    elif row.relation is not None and row.relation != relation:
        return "forbidden by relation"  # who signed isn't thereby an author, and nobody signs a round twice
    return "open" if status in row.sources else "wrong state"


def outcome(workflow: Workflow[Any], step: str, subject: Any, actor: Actor) -> tuple[str, Any]:
    """What does happen, and the step or the refusal."""
    try:
        return "open", workflow.permit(step, subject, actor)
    except Forbidden as refusal:
        return ("forbidden by role" if "needed" in refusal.extras else "forbidden by relation"), refusal
    except Conflict as refusal:
        return "wrong state", refusal


@pytest.mark.clause("11.10(f)")
def test_every_lifecycle_has_its_table_here() -> None:
    assert set(WORKFLOWS) == set(TABLES)
    for kind, workflow in WORKFLOWS.items():
        assert {step.name for step in workflow} == set(TABLES[kind].rows), kind
        assert set(workflow.statuses) == TABLES[kind].statuses, kind


@pytest.mark.clause("11.10(f)")
@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, table in TABLES.items() for name in table.rows])
def test_a_row_goes_where_the_domain_says_through_its_gate(kind: str, name: str) -> None:
    row, step = TABLES[kind].rows[name], WORKFLOWS[kind][name]
    assert (frozenset(step.sources), step.target) == (row.sources, row.target)
    assert (str(step.gate), step.meaning, step.who.groups) == (row.gate, row.meaning, row.who)
    assert (step.meaning is None) == (row.gate != "signed")


@pytest.mark.clause("11.10(f)")
@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize(("kind", "name", "status"), CELLS)
def test_a_step_is_open_exactly_where_the_table_says(kind: str, name: str, status: str) -> None:
    table, workflow = TABLES[kind], WORKFLOWS[kind]
    row = table.rows[name]
    for role, actor in ACTORS.items():
        for relation, subject in subjects(kind, name, status, actor):
            wanted = expected(row, role, relation, status)
            got, found = outcome(workflow, name, subject, actor)
            assert got == wanted, f"{role} ({relation}) would {name} a {status} {kind}: {got}, not {wanted}"
            if wanted == "open":
                assert found.target == row.target
            elif wanted == "forbidden by role":
                assert found.extras["needed"] == sorted(row.who)
                assert found.sentence == f"To {words(name)} {workflow.noun} needs {workflow[name].who.words}."
            elif wanted == "wrong state":
                people_take = [step for step, one in table.rows.items() if status in one.sources and "system" not in one.who]
                assert found.extras == {"status": status, "open": people_take}
                assert found.sentence.startswith(f"This {workflow.noun} is {words(status)}; to {words(name)} it must be ")
                assert all(words(source) in found.sentence for source in row.sources)


@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize(("kind", "status"), [(kind, status) for kind, table in TABLES.items() for status in sorted(table.statuses)])
def test_the_buttons_say_what_the_server_would_answer(kind: str, status: str) -> None:
    workflow = WORKFLOWS[kind]
    for actor in ACTORS.values():
        for _, subject in subjects(kind, "approve", status, actor):
            buttons = {button.row.name: button for button in workflow.open_steps(subject, actor)}
            assert set(buttons) == {name for name, row in TABLES[kind].rows.items() if "system" not in row.who}
            for name, button in buttons.items():
                row, (got, found) = TABLES[kind].rows[name], outcome(workflow, name, subject, actor)
                assert (button.row, button.open) == (workflow[name], got == "open")
                assert button.admitted == bool(row.who & actor.groups)
                assert button.closed_by == closed_by(row, status, got)
                if button.closed_by is Closed.STATE:
                    assert str(button.why_not).startswith(f"This {workflow.noun} is {words(status)}; to {words(name)} it must be ")
                else:
                    assert button.why_not == (None if got == "open" else found.sentence)
                assert (button.code is None) == button.open


def closed_by(row: Row, status: str, got: str) -> Closed | None:
    """What a button must say closes it: the state first, because that closes it to everybody, then the role."""
    if status not in row.sources:
        return Closed.STATE
    return {"open": None, "forbidden by role": Closed.ROLE, "forbidden by relation": Closed.RELATION, "wrong state": Closed.CONDITION}[got]


@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize("kind", TABLES)
def test_a_button_says_which_signature_its_step_asks_for(kind: str) -> None:
    of_the_round = {"sign", "approve", "reject"} if kind == "change" else set()
    for button in WORKFLOWS[kind].open_steps(Thing("nowhere"), ACTORS["qa"]):
        asked = "approval_request" if button.row.name in of_the_round else kind
        assert button.subject_kind == (asked if TABLES[kind].rows[button.row.name].gate == "signed" else None)


def test_a_condition_that_is_not_met_closes_a_step_and_is_said_last() -> None:
    anyone: Who[Subject] = Who(frozenset({"qa"}), "QA")
    never = Sentence("never", "Never.")
    steps = (Step("close", ("open",), "closed", anyone, needs=(lambda _subject, _by: never,)),)
    workflow = Workflow("case", "case", {"open": Phase.OPEN, "closed": Phase.DONE}, *steps)
    seen = {name: workflow.open_steps(Thing("open"), ACTORS[name])[0] for name in ("qa", "operator")}
    assert (seen["qa"].closed_by, seen["qa"].why_not, seen["qa"].code) == (Closed.CONDITION, "Never.", "never")
    assert (seen["operator"].closed_by, seen["operator"].code) == (Closed.ROLE, "step_needs_role")


@pytest.mark.clause("11.10(f)")
def test_a_step_that_no_table_has_cannot_be_taken() -> None:
    for workflow in WORKFLOWS.values():
        with pytest.raises(KeyError):
            workflow.permit("approve_everything", Thing("draft"), SYSTEM_ACTOR)


@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize(
    ("function", "roles"),
    [
        ("edit_change", {"action_owner", "qa"}),
        ("submit_change", {"action_owner", "qa"}),
        ("withdraw_change", {"action_owner", "qa"}),
        ("discard_change", {"action_owner", "qa"}),
        ("propose_change", {"action_owner", "qa"}),
        ("approve_request", {"qa"}),
        ("reject_request", {"qa"}),
        ("recall_document", {"qa"}),
        ("suspend_document", {"qa"}),
        ("triage_event", {"qa"}),
        ("reclassify_event", {"qa"}),
        ("cancel_event", {"qa"}),
        ("reopen_event", {"qa"}),
        ("edit_record", {"action_owner", "qa"}),
        ("open_investigation", {"action_owner", "qa"}),
        ("cancel_investigation", {"qa"}),
        ("reopen_investigation", {"qa"}),
        ("complete_training", {"operator", "action_owner", "qa"}),
        ("assess_training", {"operator", "action_owner", "qa"}),
        ("waive_training", {"qa"}),
        ("reassign_training", {"qa"}),
        ("take_documents_into_effect", None),
        ("expire_approval_requests", None),
        ("get_document", None),
        ("", None),
    ],
)
def test_a_function_admits_the_roles_of_its_rows(function: str, roles: set[str] | None) -> None:
    found = who_takes(function)
    assert (found.groups if found else None) == roles
    assert found is None or found.words


def test_a_function_knows_all_the_rows_that_it_takes() -> None:
    assert {step.name for step in steps_of("approve_request")} == {"sign", "approve"}
    by_change = {name for table in TABLES.values() for name, row in table.rows.items() if row.gate == "change"}
    assert {step.name for step in steps_of("propose_change")} == by_change
    assert [step.name for step in steps_of("open_investigation")] == ["investigate"]
    assert steps_of("no_such_function") == ()


def test_conditions_are_asked_in_their_order_and_only_in_the_right_state() -> None:
    asked: list[str] = []

    def says(name: str, answer: str | None) -> Any:
        def condition(_subject: object, _by: Actor) -> str | None:
            asked.append(name)
            return answer

        return condition

    anyone: Who[Subject] = Who(frozenset({"qa"}), "QA")
    needs = (says("first", None), says("second", "Not yet."), says("third", "Never."))
    phases = {"open": Phase.OPEN, "closed": Phase.DONE}
    workflow = Workflow("case", "case", phases, Step("close", ("open",), "closed", anyone, needs=needs))
    with pytest.raises(Conflict) as refused:
        workflow.permit("close", Thing("open"), ACTORS["qa"])
    assert (refused.value.sentence, refused.value.extras, asked) == ("Not yet.", {"status": "open"}, ["first", "second"])
    asked.clear()
    with pytest.raises(Conflict, match="This case is closed; to close it must be open"):
        workflow.permit("close", Thing("closed"), ACTORS["qa"])
    with pytest.raises(Forbidden):
        workflow.permit("close", Thing("open"), ACTORS["operator"])
    assert asked == []


def test_the_systems_steps_are_nobodys() -> None:
    assert not any(SYSTEM.admits(actor) for role, actor in ACTORS.items() if role != "system")
    assert ACTORS["deactivated qa"].groups == frozenset()


@pytest.mark.parametrize(
    ("phases", "said"),
    [
        ({"open": Phase.OPEN}, "differ in closed"),
        ({"open": Phase.OPEN, "closed": Phase.DONE, "flagged": Phase.OPEN}, "differ in flagged"),
        ({"open": Phase.OPEN, "closed": Phase.IN_FORCE}, "nothing follows closed, which isn't an end"),
    ],
)
def test_a_table_with_a_gap_is_no_table(phases: dict[str, Phase], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Workflow("case", "case", phases, Step("close", ("open",), "closed", Who(frozenset({"qa"}), "QA")))
