"""Random lives of trainings and assignments, in two organisations with every role, against a small model (ISO 13485 6.2)."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.journeys.learning import HOW, RIGHT, Assignment, Training, learners
from tests.journeys.processes import QA, ROLES, WRITERS, Change
from tests.journeys.walk import PERSON, PLACE, Walk, expect, move, pick, run
from tests.product import Product

METHOD = ("read", "quiz", "quiz", "classroom", "nothing")
ROLE = (["operator"], ["operator", "qa"], ["action_owner"])
TRIES = ((True,), (False, True), (False, False), (False, False, False))
TRAINER = (None, "second_action_owner", "operator")


class TrainingLives(Walk):
    """Trainings are drafted, approved, revised and retired; people are assigned them, learn, fail, lock, sign and are spared."""

    kinds = ("training", "assignment")

    @property
    def trainings(self) -> list[Training]:
        """The trainings."""
        return [one for one in self.things if isinstance(one, Training)]

    @property
    def assignments(self) -> list[Assignment]:
        """The assignments of all trainings."""
        return [one for training in self.trainings for one in training.assignments]

    def sent(self, firm: int, content: dict[str, Any]) -> dict[str, Any]:
        """The content as the product takes it."""
        kept = {"no_retraining_reason": content["no_retraining_reason"]} if "no_retraining_reason" in content else {}
        trainer = {"trainer_id": self.by(firm, content["trainer"]).id} if content.get("trainer") else {}
        return {**HOW.get(content.get("how", ""), {}), "audience": {"roles": content["roles"]}, **trainer, **kept}

    def begin(self, dice: Random) -> None:
        """Some to begin with: one in each organisation, and one with a quiz that is in force and was tried."""
        for firm, how in enumerate(("classroom", dice.choice(METHOD), "quiz")):
            self.create(min(firm, 1), "action_owner", how, dice.choice(ROLE), dice.choice(TRAINER))
            self.carry_out(self.chgs[-1])
        self.take_quizzes(1, None, dice.choice(TRIES))

    @move(firm=(0, 1), name=PERSON, how=METHOD, roles=ROLE, trainer=TRAINER)
    def create(self, firm: int, name: str | None, how: str, roles: list[str], trainer: str | None) -> None:
        """Draft a training."""
        name, content = name or "action_owner", {"how": how, "roles": roles, "trainer": trainer}
        answer = self.by(firm, name).post("create_training", title="Weighing", content=self.sent(firm, content))
        expect(answer, None if name in WRITERS else 403)
        if answer.status == 200:
            self.things.append(Training(firm, answer["record"]["id"], name, content))
            self.chgs.append(Change(self.things[-1], answer["change"]["id"], "release", content, name, 0))

    @move(place=PLACE, name=PERSON, roles=ROLE, spared=(True, False), step=("revise", "revise", "retire", "release"))
    def ask(self, place: int, name: str | None, roles: list[str], spared: bool, step: str) -> None:
        """Propose another version, which may spare those who learnt the former one, or the end of a training."""
        training = pick(self.trainings, place)
        assert training
        content = {"roles": roles, **({"no_retraining_reason": "A typing error"} if spared else {})} if step != "retire" else {}
        change = self.propose(training, step, name, self.sent(training.firm, content) if content else {})
        if change:
            change.content = content

    @move(place=PLACE, name=PERSON, who=learners())
    def assign(self, place: int, name: str | None, who: str) -> None:
        """QA assigns a training by hand; whoever has it open keeps that."""
        training, name = pick(self.trainings, place), name or "qa"
        assert training
        body = {"training_id": training.id, "person_ids": [self.by(training.firm, who).id], "etag": self.shown(training, name)["etag"]}
        expect(self.by(1 - training.firm, name).post("assign_training", **body), 404 if name in QA else 403)
        answer = self.by(training.firm, name).post("assign_training", **body)
        refused = training.status != "active" or training.open_to(who)
        expect(answer, 403 if name not in QA else 409 if refused else None)
        if answer.status == 200:
            self.met(training, {who}, by_hand=True)

    def applied(self, change: Change) -> None:
        """Who is assigned the training from now on, and from whom it is taken."""
        assert isinstance(change.thing, Training)
        by_hand = {one.learner for one in change.thing.assignments if one.by_hand and not one.over}
        fresh = change.thing.settled()
        self.met(change.thing, fresh - by_hand, by_hand=False)
        self.met(change.thing, fresh & by_hand, by_hand=True)

    def met(self, training: Training, people: set[str], *, by_hand: bool) -> None:
        """The assignments that began, of exactly these people."""
        known = {one.id for one in training.assignments}
        sql = "select id::text, person_id::text, assigned_by is not null from assignments where record_id = cast(:id as uuid)"
        found = [row for row in self.connection.run(sql, id=training.id) if row[0] not in known and row[2] == by_hand]
        names = {self.by(training.firm, name).id: name for name in ROLES}
        assert sorted(names[row[1]] for row in found) == sorted(people)
        training.assignments += [Assignment(training, row[0], names[row[1]], by_hand=by_hand) for row in found]

    @move(place=PLACE, name=PERSON, tries=TRIES)
    def take_quizzes(self, place: int, name: str | None, tries: tuple[bool, ...]) -> None:
        """Take a quiz a few times, rightly or wrongly, until it is passed or locked and beyond."""
        one = pick([one for one in self.assignments if one.how == "quiz"] or self.assignments, place)
        if one is None:
            return
        for rightly in tries:
            self.take_quiz(one, name, rightly=rightly)

    def take_quiz(self, one: Assignment, name: str | None, *, rightly: bool) -> None:
        """Start the quiz and answer it."""
        if not self.take(one, "take_quiz", name, "start_quiz"):
            return
        one.begun = True
        asked = self.by(one.firm, one.learner).post("start_quiz", assignment_id=one.id, etag=self.shown(one)["etag"]).ok
        answers = [
            {"question": question["key"], "options": [row["key"] for row in question["options"] if (row["text"] in RIGHT) == rightly]}
            for question in asked["attempt"]["questions"]
        ]
        if self.take(one, "answer_quiz", None, "answer_quiz", answers=answers):
            one.answered(rightly=rightly)

    @move(place=PLACE, name=PERSON)
    def answer_without_start(self, place: int, name: str | None) -> None:
        """Answer a quiz that isn't begun, or has ended."""
        one = pick(self.assignments, place)
        if one is not None and one.blocked("answer_quiz"):
            self.take(one, "answer_quiz", name, "answer_quiz", answers=[])

    @move(place=PLACE, name=PERSON)
    def sign(self, place: int, name: str | None) -> None:
        """Read and understood; where somebody teaches it, attended."""
        one = pick(self.assignments, place)
        if one is None:
            return
        step = "attend" if one.how == "classroom" else "complete"
        if self.take(one, step, name, "complete_training"):
            one.signed = True
            one.status = "completed" if step == "complete" else one.status

    @move(place=PLACE, name=PERSON, step=("assess", "assess", "waive", "reassign"))
    def decide_about_somebody(self, place: int, name: str | None, step: str) -> None:
        """Assess what somebody learnt, spare them, or give them another go."""
        one = pick(self.assignments, place)
        why: dict[str, Any] = {"reason": "Knows it"} if step == "waive" else {}
        if one and self.take(one, step, name, f"{step}_training", **why):
            one.moved(step)
            one.attempts = 0 if step == "reassign" else one.attempts

    def rest_agrees(self, ids: str) -> None:
        """Every assignment: whose, of which version, how far."""
        sql = (
            "select id::text, record_id::text, person_id::text, version, status, attempts,"
            " learner_signed_at is not null, closed_at is not null"
            " from assignments where record_id = any(cast(:ids as uuid[]))"
        )
        said = {
            one.id: [one.training.id, self.by(one.firm, one.learner).id, one.version, one.status, one.attempts, one.signed, one.over]
            for one in self.assignments
        }
        assert {row[0]: row[1:] for row in self.connection.run(sql, ids=ids)} == said


@pytest.mark.clause("ISO 13485 6.2")
def test_whatever_people_do_trainings_and_assignments_are_what_the_rules_say(product: Product) -> None:
    run(TrainingLives, product, lives=12, steps=50)
