"""The model of CAPA plans, their actions and the extensions of these, for random lives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.journeys.processes import Change, Thing

TODAY = datetime.now(UTC).date()
PAST, SOON, FAR = (str(TODAY + timedelta(days)) for days in (-2, 10, 60))
GONE, ACHIEVED = {"verified", "cancelled"}, {"done", "verified"}
Rows = list[dict[str, Any]]
SEALS = count(1)


def row(owner: str) -> dict[str, Any]:
    """One more action, which nobody planned before."""
    return {"kind": "corrective", "description": f"Replace seal {next(SEALS)}", "owner": owner, "due_on": SOON}


def whole(not_before: str) -> dict[str, Any]:
    """What a plan says besides its actions."""
    check = {"criterion": "No leak", "measure": "Leak test of 10 vessels", "not_before": not_before}
    return {"goal": "No leaks", "no_adverse_effect": "The seal is validated", "effectiveness": check}


class Action(Thing):
    """An action of a plan; `owner` and `doer` are people by name."""

    kind = "action"

    def __init__(self, plan: Plan, id_: str, key: str, owner: str) -> None:
        super().__init__(plan.firm, id_, "open")
        self.plan, self.key, self.owner, self.due_on = plan, key, owner, SOON
        self.doer: str | None = None
        self.extensions: list[Extension] = []

    def barred(self, step: str, name: str) -> bool:
        """Its owner does it; neither owner nor doer judges it."""
        return name != self.owner if step == "complete" else name in {self.owner, self.doer}


class Extension(Thing):
    """A wish for another due date of an action."""

    kind = "extension"

    def __init__(self, action: Action, id_: str, by: str, due_on: str) -> None:
        super().__init__(action.firm, id_, "requested")
        self.action, self.by, self.due_on = action, by, due_on

    def barred(self, _step: str, name: str) -> bool:
        """Nobody decides about what they asked for or owe."""
        return name in {self.by, self.action.owner}

    def blocked(self, step: str) -> bool:
        """Nothing to grant once it is done, or due later anyway."""
        return step == "grant" and (self.action.status != "open" or self.due_on <= self.action.due_on)


class Plan(Thing):
    """A CAPA plan; `rows` are the planned actions, `frozen` those of its newest version."""

    kind = "capa_plan"

    def __init__(self, firm: int, id_: str, by: str, content: dict[str, Any]) -> None:
        super().__init__(firm, id_, "draft", {by}, content=content)
        self.actions: dict[str, Action] = {}
        self.frozen: dict[str, dict[str, Any]] = {}
        self.content["actions"] = self.keyed(self.rows)

    @property
    def rows(self) -> Rows:
        """The planned actions."""
        return list(self.content.get("actions") or [])

    def keyed(self, rows: Rows) -> Rows:
        """A key for each row without one: the next that was never given."""
        last = max((int(key[1:]) for key in [*self.actions, *(row["key"] for row in rows if "key" in row)]), default=0)
        found = []
        for row in rows:
            last += "key" not in row
            found.append({"key": f"A{last}", **row})
        return found

    def barred(self, step: str, name: str) -> bool:
        """Nobody verifies a plan that they worked on, or of which they did an action."""
        did = step == "verify" and any(action.doer == name for action in self.actions.values())
        return did or super().barred(step, name)

    def blocked(self, step: str) -> bool:
        """A plan is verified once every action is."""
        waits = step == "verify" and any(action.status not in GONE for action in self.actions.values())
        return waits or super().blocked(step)

    def unmet(self, step: str, given: dict[str, Any]) -> bool:
        """What approving, revising and closing need."""
        if step == "close":
            return not given.get("effectiveness_result") or given["effectiveness"]["not_before"] > str(TODAY)
        if step == "cancel":
            return False
        planned = {row["key"]: row for row in self.keyed(given.get("actions") or [])}
        torn = False
        for key, action in self.actions.items():
            altered = planned.get(key) != self.frozen.get(key)
            torn |= altered and (key in planned if action.status == "cancelled" else action.status in ACHIEVED)
        return torn or not planned or not given.get("goal")

    def apply(self, change: Change) -> None:
        """What an approved change does to the plan and to its actions; new ones are met when the plan is read."""
        self.moved(change.step)
        if change.step == "cancel":
            for action in self.actions.values():
                action.status = "cancelled" if action.status == "open" else action.status
            return
        self.versions += 1
        self.content |= change.content
        self.content["actions"] = self.keyed(self.rows)
        planned = {row["key"]: row for row in self.rows}
        for key, action in self.actions.items():
            if action.status == "open" and key not in planned:
                action.status = "cancelled"
            elif action.status == "open" and planned[key]["owner"] != self.frozen[key]["owner"]:
                action.owner = planned[key]["owner"]
        self.frozen = planned

    def altered(self, how: str, owner: str) -> Rows:
        """The planned actions otherwise: one more, one less, another owner, or one again that was cancelled."""
        rows = self.rows
        again = [key for key, action in self.actions.items() if action.status == "cancelled" and key not in {one["key"] for one in rows}]
        if how == "add" or not rows:
            return [*rows, row(owner)]
        if how == "again":
            return [*rows, *({"key": key, **row(owner)} for key in again[:1])]
        return rows[:-1] if how == "drop" else [*rows[:-1], {**rows[-1], "owner": owner}]
