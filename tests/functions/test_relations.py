"""Every relation of every step refuses over HTTP: who it stops gets its sentence and alters nothing, and who it lets through gets on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from shared.domain.kernel.workflow import Gate, Step
from shared.domain.people import erasures
from shared.domain.records.lifecycles import WORKFLOWS
from shared.domain.signing import trail_reviews
from tests.builders import Colleague, Company, company, told
from tests.functions.scenes import SCENES, Scene
from tests.product import Answer, Product

ALL = {**WORKFLOWS, **{one.WORKFLOW.kind: one.WORKFLOW for one in (trail_reviews, erasures)}}
RELATIONS = {(kind, step.name, one.name): one for kind, workflow in ALL.items() for step in workflow for one in step.who.relations}


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with two action owners, three QA and an operator; each scene makes its own things in it."""
    made = company(product, "action_owner", "qa", "second_qa", "third_qa", "operator")
    made.join("doer", "action_owner")
    return made


def start(by: Colleague, step: Step[Any], scene: Scene) -> Answer:
    """The answer of beginning to sign the step."""
    arguments = told(step.function, scene.body)
    return by.post("start_signing", subject_kind=scene.signed_as, subject_id=scene.id, meaning=step.meaning, arguments=arguments)


def take(by: Colleague, step: Step[Any], scene: Scene) -> Answer:
    """The answer of the step's own function; where it is signed, with a challenge that nobody was given."""
    challenge = {"challenge_id": str(uuid4())} if step.gate is Gate.SIGNED else {}
    return by.post(step.function, **scene.body, **challenge, etag=scene.shown(by)["etag"])


def tried(by: Colleague, step: Step[Any], scene: Scene) -> Iterator[Answer]:
    """The answers of all that leads to the step."""
    if step.gate is Gate.SIGNED:
        yield start(by, step, scene)
    yield take(by, step, scene)


def button(by: Colleague, step: Step[Any], scene: Scene) -> tuple[bool, str | None]:
    """Whether the step is shown as open, and why not."""
    [found] = [one for one in scene.shown(by)["open_steps"] if one["step"] == step.name]
    return found["open"], found["why_not"]


def test_the_relations_are_those_of_the_scenes() -> None:
    gone = SCENES.keys() - RELATIONS
    assert not gone, f"No table asks for these relations any more, so nobody is stopped: {sorted(gone)}"


@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize(("kind", "name", "relation"), sorted(SCENES.keys() | RELATIONS))
def test_who_a_relation_stops_is_refused_and_nobody_else(firm: Company, kind: str, name: str, relation: str) -> None:
    key, step = (kind, name, relation), ALL[kind][name]
    assert key in SCENES, f"Add {key} to SCENES in tests/functions/scenes.py: the {kind} ready to {name}, who {relation} stops and who not."
    scene = SCENES[key](firm)
    before = [scene.shown(by) for by in (scene.stopped, scene.free)]
    refusals = [answer.refused(403)["detail"] for answer in tried(scene.stopped, step, scene)]
    assert key in RELATIONS, f"Something else refuses: {refusals}"
    sentence = RELATIONS[key].sentence
    assert set(refusals) == {sentence}
    assert [scene.shown(by) for by in (scene.stopped, scene.free)] == before
    assert (button(scene.stopped, step, scene), button(scene.free, step, scene)) == ((False, sentence), (True, None))
    if step.gate is Gate.SIGNED:
        take(scene.free, step, scene).refused(404, "no such signing challenge")
        start(scene.free, step, scene).ok
    else:
        take(scene.free, step, scene).ok
