"""CAPA plans: keys that never come back, what a plan needs at each step, and what becomes of its actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies
from hypothesis.strategies import DrawFn, SearchStrategy

from shared.domain.capa import capa_plans, plan_conditions
from shared.domain.capa.actions import Action
from shared.domain.capa.capa_plans import CONTENT, KIND
from shared.domain.kernel.errors import Invalid
from shared.domain.records.dossiers import Dossier
from shared.domain.records.kind import apply_item
from shared.domain.records.records import Version
from tests.domain import cases
from tests.domain.planned import LATER, SOON, action, content, plan, row


def unmet(found: Dossier, step: str, given_: dict[str, Any], today: Any = cases.TODAY) -> str:
    """What a step still needs, in one text."""
    laid = KIND.laid_over(found.record, given_, found.spent)
    return " ".join(KIND.unmet(found, step, laid, today))


def revised(found: Dossier, *rows: dict[str, object]) -> Dossier:
    """The plan after an approved revision to these actions, as it would be loaded again."""
    step = "approve_plan" if found.status == "draft" else "revise"
    item = cases.item(found, step, kind="capa_plan", content={"actions": list(rows)})
    outcome = apply_item(KIND, item, found, cases.change(), cases.TODAY, cases.AT)
    actions = {one.key: one for one in found.actions} | {one.key: one for one in outcome.saves if isinstance(one, Action)}
    record = next(one for one in outcome.saves if isinstance(one, type(found.record)))
    version = next(one for one in reversed(outcome.saves) if isinstance(one, Version) and one.version == record.version)
    return replace(found, record=record, current=version, actions=tuple(actions.values()))


def keys(given_: dict[str, Any]) -> list[object]:
    """The keys of planned actions."""
    return [one.get("key") for one in plan_conditions.rows(given_)]


KEYS = strategies.integers(1, 40).map(lambda number: f"A{number}")
ROWS: SearchStrategy[list[str | None]] = strategies.lists(strategies.none() | KEYS, max_size=12)


@given(ROWS, strategies.frozensets(KEYS))
def test_every_action_gets_a_key_that_was_never_given(planned: list[str | None], spent: frozenset[str]) -> None:
    once = capa_plans.keyed({"actions": [row(key) for key in planned]}, spent)
    found, own = keys(once), [key for key in planned if key is not None]
    fresh = [key for key, was in zip(found, planned, strict=True) if was is None]
    assert [key for key, was in zip(found, planned, strict=True) if was is not None] == own, "a key stays"
    assert len(set(fresh)) == len(fresh)
    assert not set(fresh) & (set(own) | spent)


@given(ROWS, strategies.frozensets(KEYS))
def test_giving_keys_twice_alters_nothing(planned: list[str | None], spent: frozenset[str]) -> None:
    once = capa_plans.keyed({"goal": "No leaks", "actions": [row(key) for key in planned]}, spent)
    assert capa_plans.keyed(once, spent) == once
    assert capa_plans.keyed(once, spent | set(map(str, keys(once)))) == once


@strategies.composite
def lives(draw: DrawFn) -> list[list[int | None]]:
    """Revisions one after the other: each keeps some of the actions there are, by place, and plans some new ones."""
    return draw(strategies.lists(strategies.lists(strategies.none() | strategies.integers(0, 5), min_size=1, max_size=5), max_size=6))


@given(lives())
def test_revising_keeps_plan_and_actions_in_step(revisions: list[list[int | None]]) -> None:
    found = revised(plan("draft", given=content(row(None), row(None))), row(None), row(None))
    for revision in revisions:
        there = plan_conditions.rows(found.record.content)
        kept = [there[place] for place in dict.fromkeys(revision) if place is not None and place < len(there)]
        before = {one.key: one for one in found.actions}
        rows = [*kept, *(row(None) for place in revision if place is None)] or [row(None)]
        found = revised(found, *rows)
        by_key = {one.key: one for one in found.actions}
        assert len(by_key) == len(found.actions)
        assert {key for key, one in by_key.items() if one.status == "open"} == set(keys(dict(found.record.content)))
        assert set(before) <= set(by_key), "no action is ever lost"
        assert all(by_key[key].status == "cancelled" for key, one in before.items() if one.status == "cancelled")
        assert all(by_key[key].original_due_on == one.original_due_on for key, one in before.items())


def test_two_actions_dont_have_one_key() -> None:
    with pytest.raises(Invalid, match="A1 stands in the list twice") as refused:
        KIND.refuse_contradictions(None, content(row("A1"), row("A1", description="Other")), cases.AT)
    assert refused.value.field == "content.actions.1.key"


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"kind": None}, "kind"),
        ({"description": None}, "description"),
        ({"key": "A0"}, "key"),
        ({"key": "A12345"}, "key"),
        ({"key": 1}, "key"),
        ({"kind": "follow_up"}, "kind"),
        ({"owner_id": "me"}, "owner_id"),
        ({"status": "done"}, "status"),
    ],
)
def test_a_planned_action_is_checked(bad: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        CONTENT.check("content", {"actions": [{**row(), **bad}]})
    assert refused.value.field == f"content.actions.0.{field}"


def test_an_action_may_have_no_owner_or_day_yet() -> None:
    bare = {"kind": "corrective", "description": "Replace the seal"}
    checked = CONTENT.check("content", {"actions": [{**bare, "owner_id": None}]})
    assert checked == {"actions": [bare]}
    assert "an owner and a due date for A1" in unmet(plan("draft", given={}), "approve_plan", checked)


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
@pytest.mark.parametrize(
    ("field", "words"),
    [("goal", "a goal"), ("actions", "at least one action"), ("no_adverse_effect", "do no harm"), ("effectiveness", "criterion")],
)
def test_a_plan_is_approved_when_it_is_complete(field: str, words: str) -> None:
    whole = content()
    found = plan("draft", given={})
    assert unmet(found, "approve_plan", whole) == ""
    assert words in unmet(found, "approve_plan", {name: value for name, value in whole.items() if name != field})


@pytest.mark.parametrize("part", ["criterion", "measure", "not_before"])
def test_the_check_of_effectiveness_is_planned_whole(part: str) -> None:
    whole = content()
    check = {name: value for name, value in whole["effectiveness"].items() if name != part}
    assert part in unmet(plan("draft", given={}), "approve_plan", {**whole, "effectiveness": check})


def test_nothing_is_planned_for_a_day_that_has_passed() -> None:
    yesterday = cases.TODAY - timedelta(1)
    assert "which has passed" in unmet(plan("draft", given={}), "approve_plan", content(row(due_on=yesterday)))
    assert unmet(plan("draft", given={}), "approve_plan", content(row(due_on=cases.TODAY))) == ""
    overdue = plan("implementing", action(), given=content(row(due_on=yesterday)))
    assert unmet(overdue, "revise", {"goal": "Fewer leaks"}) == "", "what is overdue already may stay so"
    assert "which has passed" in unmet(overdue, "revise", {"actions": [row(due_on=yesterday - timedelta(1))]})


@pytest.mark.parametrize("status", ["done", "verified"])
def test_what_was_done_stays_as_it_was(status: str) -> None:
    found = plan("implementing", action("A1", status), action("A2"), given=content(row("A1"), row("A2")))
    assert "it stays part of the plan" in unmet(found, "revise", {"actions": [row("A2")]})
    assert "leave it as it is" in unmet(found, "revise", {"actions": [row("A1", due_on=LATER), row("A2")]})
    assert unmet(found, "revise", {"actions": [row("A1"), row("A2", due_on=LATER)]}) == ""


def test_what_was_cancelled_isnt_planned_again_by_its_key() -> None:
    found = plan("implementing", action("A1"), action("A2", "cancelled"), given=content(row("A1")))
    assert "A2 was cancelled" in unmet(found, "revise", {"actions": [row("A1"), row("A2")]})
    assert keys(KIND.laid_over(found.record, {"actions": [row("A1"), row(None)]}, found.spent)) == ["A1", "A3"]


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
@pytest.mark.parametrize(("days", "open_"), [(-1, False), (0, True), (1, True)])
def test_a_plan_closes_from_the_day_on_which_its_window_ends(days: int, open_: bool) -> None:
    found = plan("effectiveness_check", action(status="verified"))
    said = unmet(found, "close", {"effectiveness_result": "No leak"}, SOON + timedelta(days))
    assert (said == "") is open_
    assert open_ or "can't be closed before" in said


@pytest.mark.parametrize("field", ["goal", "actions", "effectiveness", "no_adverse_effect", "source"])
def test_closing_gives_the_result_and_nothing_else(field: str) -> None:
    found = plan("effectiveness_check", action(status="verified"))
    other = {"actions": [row(), row(None)], "effectiveness": {"criterion": "Any", "measure": "Any", "not_before": SOON.isoformat()}}
    said = {"effectiveness_result": "No leak", field: other.get(field, "Something else")}
    assert "nothing else" in unmet(found, "close", said, LATER)
    assert "needs the result" in unmet(found, "close", {}, LATER)


@pytest.mark.parametrize("step", ["verify", "ineffective", "cancel"])
def test_other_steps_need_nothing_of_the_content(step: str) -> None:
    assert KIND.unmet(plan("draft", given={}), step, {}, cases.TODAY) == []


def test_a_revision_alters_only_what_it_says() -> None:
    found = plan("implementing", action("A1", due_on=LATER, extensions=1, owner_id=cases.uid("successor")))
    later = revised(found, row("A1", description="Replace every seal"))
    [one] = later.actions
    assert (one.description, one.due_on, one.owner_id) == ("Replace every seal", LATER, cases.uid("successor"))
    assert revised(found, row("A1")).actions == found.actions, "an unchanged row writes nothing"


def test_new_owners_are_those_who_are_given_something() -> None:
    base = content(row("A1"), row("A2"))
    assert capa_plans.owners(base, base) == {}
    given_ = {"actions": [row("A1"), row("A2", cases.QUINN), row(None)]}
    assert set(capa_plans.owners(base, given_)) == {"actions.1.owner_id", "actions.2.owner_id"}
    assert capa_plans.owners(base, {"actions": None}) == {}
    assert capa_plans.owners({}, {"actions": [{"kind": "corrective", "description": "Do", "owner_id": None}]}) == {}


def test_cancelling_cancels_what_is_open_and_leaves_what_was_done() -> None:
    found = plan("implementing", action("A1"), action("A2", "done"), action("A3", "verified"), action("A4", "cancelled"))
    item = cases.item(found, "cancel", kind="capa_plan", content={})
    outcome = apply_item(KIND, item, found, cases.change(), cases.TODAY, cases.AT)
    assert [(one.key, one.status, one.closed_at) for one in outcome.saves if isinstance(one, Action)] == [("A1", "cancelled", cases.AT)]
