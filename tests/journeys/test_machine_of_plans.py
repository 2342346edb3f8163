"""Random lives of CAPA plans, their actions and extensions, in two organisations with every role, against a small model."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.domain.lifecycles import LEARNERS
from tests.journeys.plans import FAR, GONE, PAST, SOON, Action, Extension, Plan, Rows, row, whole
from tests.journeys.processes import ROLES, WRITERS, Change, Thing
from tests.journeys.walk import PERSON, PLACE, Walk, expect, move, pick, run
from tests.product import Answer, Product

OWNER = WRITERS
HOW = ("add", "add", "drop", "hand over", "again")


class PlanLives(Walk):
    """Plans are drafted, approved, done, verified, extended, revised, checked, closed, cancelled and begun again."""

    kinds = ("capa_plan", "action", "extension")

    def sent(self, firm: int, rows: Rows) -> Rows:
        """The planned actions with their owners' ids."""
        return [
            {name: value for name, value in row.items() if name != "owner"} | {"owner_id": self.by(firm, row["owner"]).id} for row in rows
        ]

    def begin(self, dice: Random) -> None:
        """Some to begin with, each somewhere in its life."""
        for place in range(3):
            self._create(place // 2, "action_owner", [dice.choice(OWNER), "qa"][: 1 + place % 2], PAST)
            for _ in range(dice.randrange(5)):
                self.get_on(self.plans[-1])

    @property
    def plans(self) -> list[Plan]:
        """The plans."""
        return [one for one in self.things if isinstance(one, Plan)]

    @property
    def actions(self) -> list[Action]:
        """The actions of all plans."""
        return [action for plan in self.plans for action in plan.actions.values()]

    def get_on(self, plan: Plan) -> None:
        """The next step of a plan that gets on: approved, done, verified, closed."""
        waiting = [action for action in plan.actions.values() if action.status not in GONE]
        for action in waiting:
            self.acted(action, None, "complete" if action.status == "open" else "verify")
        if waiting:
            return
        if plan.status == "implementing":
            self.judged(plan, None, "verify")
        elif not plan.over:
            self.asked(plan, None, "approve_plan" if plan.status == "draft" else "close")
            self.carry_out(self.chgs[-1])

    @move(place=PLACE)
    def one_gets_on(self, place: int) -> None:
        """A plan's life goes on."""
        plan = pick(self.plans, place)
        assert plan
        self.get_on(plan)

    @move(firm=(0, 1), name=PERSON, owner=OWNER, not_before=(PAST, PAST, FAR))
    def create(self, firm: int, name: str | None, owner: str, not_before: str) -> None:
        """Draft a plan."""
        self._create(firm, name or "second_action_owner", [owner], not_before)

    def _create(self, firm: int, name: str, owners: list[str], not_before: str) -> None:
        rows = [row(owner) for owner in owners]
        given = {**whole(not_before), "actions": self.sent(firm, rows)}
        answer = self.by(firm, name).post("create_capa_plan", title="Leaks", content=given)
        expect(answer, None if name in WRITERS else 403)
        if answer.status == 200:
            self.things.append(Plan(firm, answer["capa_plan"]["id"], name, {**given, "actions": rows}))

    @move(place=PLACE, name=PERSON, how=HOW, owner=OWNER, goal=("No leaks", "No leaks", None))
    def edit(self, place: int, name: str | None, how: str, owner: str, goal: str | None) -> None:
        """Work on a draft: whoever does is a contributor."""
        plan, name = pick(self.plans, place), name or "action_owner"
        assert plan
        rows = plan.altered(how, owner)
        if self.take(plan, "edit", name, "edit_record", content={"goal": goal, "actions": self.sent(plan.firm, rows)}):
            plan.contributors.add(name)
            plan.content |= {"goal": goal, "actions": plan.keyed(rows)}

    @move(place=PLACE, name=PERSON, step=("approve_plan", "close", "cancel"))
    def ask(self, place: int, name: str | None, step: str) -> None:
        """Propose a step."""
        plan = pick(self.plans, place)
        assert plan
        self.asked(plan, name, step)

    def asked(self, plan: Plan, name: str | None, step: str) -> None:
        """A step by change; closing gives the result of the effectiveness check."""
        self.propose(plan, step, name, {"effectiveness_result": "No leak"} if step == "close" else {})

    @move(place=PLACE, name=PERSON, how=HOW, owner=OWNER)
    def revise(self, place: int, name: str | None, how: str, owner: str) -> None:
        """Propose other actions for a plan that is being implemented."""
        plan = pick(self.plans, place)
        assert plan
        rows = plan.altered(how, owner)
        change = self.propose(plan, "revise", name, {"actions": self.sent(plan.firm, rows)})
        if change:
            change.content = {"actions": rows}

    @move(place=PLACE, name=PERSON, step=("complete", "complete", "verify", "return"))
    def act(self, place: int, name: str | None, step: str) -> None:
        """Do an action, or judge it."""
        action = pick(self.actions, place)
        if action:
            self.acted(action, name, step)

    def acted(self, action: Action, name: str | None, step: str) -> None:
        """An action done or judged."""
        name = name or action.somebody(step)
        body: dict[str, Any] = {"complete": {"evidence": "Done"}, "return": {"reason": "Which seal?"}}.get(step, {})
        if self.take(action, step, name, f"{step}_action", **body):
            action.moved(step)
            action.doer = {"complete": name, "return": None}.get(step, action.doer)

    @move(place=PLACE, name=PERSON, due_on=(SOON, "2098-01-01", "2099-01-01"))
    def ask_for_time(self, place: int, name: str | None, due_on: str) -> None:
        """Ask for a later due date of one's own action."""
        action = pick(self.actions, place)
        if action is None:
            return
        name = name or action.owner
        body = {"action_id": action.id, "due_on": due_on, "reason": "No seals yet", "etag": self.shown(action, "qa")["etag"]}
        expect(self.by(1 - action.firm, name).post("request_extension", **body), 404 if ROLES[name] in LEARNERS else 403)
        answer = self.by(action.firm, name).post("request_extension", **body)
        waits = action.status != "open" or any(one.status == "requested" for one in action.extensions)
        expect(answer, 403 if name != action.owner else 409 if waits else 422 if due_on <= action.due_on else None)
        if answer.status == 200:
            action.extensions.append(Extension(action, answer["extension"]["id"], name, due_on))

    @move(place=PLACE, name=PERSON, step=("grant", "grant", "deny"))
    def decide_about_time(self, place: int, name: str | None, step: str) -> None:
        """Grant it, or not."""
        one = pick([one for action in self.actions for one in action.extensions], place)
        if one and self.take(one, step, name, "decide_extension", granted=step == "grant", reason="Seen"):
            one.moved(step)
            one.action.due_on = one.due_on if step == "grant" else one.action.due_on

    @move(place=PLACE, name=PERSON, step=("verify", "ineffective"))
    def judge(self, place: int, name: str | None, step: str) -> None:
        """Sign that everything was done, or that it didn't help."""
        plan = pick(self.plans, place)
        assert plan
        self.judged(plan, name, step)

    def judged(self, plan: Plan, name: str | None, step: str) -> None:
        """A plan judged."""
        function = {"verify": "verify_capa_plan", "ineffective": "mark_capa_plan_ineffective"}[step]
        if self.take(plan, step, name, function, reason="As seen"):
            plan.moved(step)

    def shown(self, thing: Thing, name: str = "inspector") -> Answer:
        """An extension is read with its action."""
        if not isinstance(thing, Extension):
            return super().shown(thing, name)
        reader = name if thing.seen_by(name) else "inspector"
        asked = self.by(thing.firm, reader).get("get_action", id=thing.action.id).ok["asked"]
        found = next(one for one in asked if one["id"] == thing.id)
        self.agrees(thing, reader, found)
        return Answer(200, found, {})

    def applied(self, change: Change) -> None:
        """The actions that the plan's approval began."""
        plan = change.thing
        assert isinstance(plan, Plan)
        for action in self.shown(plan)["actions"]:
            if action["key"] not in plan.actions:
                owner = next(one["owner"] for one in plan.rows if one["key"] == action["key"])
                plan.actions[action["key"]] = Action(plan, action["id"], action["key"], owner)
        assert plan.status != "implementing" or {one["key"] for one in plan.rows} <= set(plan.actions)

    def rest_agrees(self, ids: str) -> None:
        """Every action and extension: whose, due when, how far."""
        sql = (
            "select a.id::text, a.record_id::text, a.key, a.status, a.owner_id::text, a.due_on::text, a.completed_by::text, a.extensions,"
            " (select json_object_agg(e.id, e.status) from extensions e where e.action_id = a.id)"
            " from actions a where a.record_id = any(cast(:ids as uuid[]))"
        )
        said = {
            one.id: [
                plan.id,
                one.key,
                one.status,
                self.by(plan.firm, one.owner).id,
                one.due_on,
                self.by(plan.firm, one.doer).id if one.doer else None,
                sum(asked.status == "granted" for asked in one.extensions),
                {asked.id: asked.status for asked in one.extensions} or None,
            ]
            for plan in self.plans
            for one in plan.actions.values()
        }
        assert {row[0]: row[1:] for row in self.connection.run(sql, ids=ids)} == said


@pytest.mark.clause("11.10(f)")
def test_whatever_people_do_plans_and_their_actions_are_what_the_rules_say(product: Product) -> None:
    run(PlanLives, product, lives=12, steps=50)
