"""The model that random lives of quality processes are held against: who may take which step, and what it still needs.

Written from the domain's description and the hand-written tables of tests/domain/lifecycles.py, never from the product's own tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.domain.lifecycles import OWNERS, SYSTEM, TABLES, Row

ROLES = {
    "admin": None,
    "operator": "operator",
    "action_owner": "action_owner",
    "second_action_owner": "action_owner",
    "qa": "qa",
    "second_qa": "qa",
    "inspector": "inspector",
}
PEOPLE = tuple(ROLES)
WRITERS = tuple(name for name, role in ROLES.items() if role in OWNERS)
QA = {name for name, role in ROLES.items() if role == "qa"}
STAFF = {*WRITERS, "inspector"}
OVER = {
    "applied",
    "discarded",
    "cancelled",
    "closed_effective",
    "void",
    "retired",
    "verified",
    "granted",
    "denied",
    "completed",
    "waived",
    "obsolete",
    "withdrawn",
    "resolved",
}
READS = {
    "event": "get_event",
    "investigation": "get_investigation",
    "capa_plan": "get_capa_plan",
    "action": "get_action",
    "training": "get_training",
    "assignment": "get_assignment",
}


@dataclass(eq=False)
class Thing:
    """Whatever has a lifecycle: what the model knows of it, and what each step needs beyond the right role and status."""

    kind: ClassVar[str]
    firm: int
    id: str
    status: str
    contributors: set[str] = field(default_factory=set)
    reporter: str = ""
    versions: int = 0
    content: dict[str, Any] = field(default_factory=dict)
    in_approval: bool = False
    drafted_by: str | None = None  # whose change it is the draft of, while it is one

    @property
    def over(self) -> bool:
        """Whether nothing happens to it any more, or hardly."""
        return self.status in OVER

    @property
    def steps(self) -> dict[str, Row]:
        """The steps that people see."""
        return {name: row for name, row in TABLES[self.kind].rows.items() if row.who != SYSTEM}

    def row(self, step: str) -> Row:
        """The table's row."""
        return TABLES[self.kind].rows[step]

    def writer(self, name: str) -> bool:
        """Whether somebody may propose changes at all."""
        return name in WRITERS

    def seen_by(self, name: str) -> bool:
        """Whether somebody may read it."""
        return name in STAFF

    @property
    def never(self) -> str:
        """A step that it never takes, whatever its status."""
        return ""

    def barred(self, step: str, name: str) -> bool:
        """Whether a person's relation to it forbids the step."""
        barred = {"no contributor": self.contributors, "not reporter": {self.reporter}}
        return name in barred.get(self.row(step).relation or "", set())

    def blocked(self, step: str) -> bool:
        """Whether something besides the status stands in the way of a direct or signed step: a change that is being decided."""
        return self.in_approval and self.row(step).gate != "change"

    def refusal(self, step: str, name: str) -> int | None:
        """How the step is refused to somebody; None where it is open."""
        row = self.row(step)
        if ROLES[name] not in row.who or self.barred(step, name):
            return 403
        return 409 if self.status not in row.sources or self.blocked(step) else None

    def somebody(self, step: str) -> str:
        """Who may take the step, where there is somebody; else somebody of the right role."""
        able = [name for name in PEOPLE if ROLES[name] in self.row(step).who]
        return next((name for name in able if not self.barred(step, name)), able[0])

    def moved(self, step: str) -> None:
        """The step taken."""
        target = self.row(step).target
        self.status = self.status if target == "same" else target

    @property
    def base(self) -> dict[str, Any]:
        """What a change's content is laid over."""
        return self.content

    def unmet(self, _step: str, _given: dict[str, Any]) -> bool:
        """Whether a step by change lacks something."""
        return False

    def apply(self, change: Change) -> None:
        """What an approved change does."""
        self.moved(change.step)
        self.versions += 1
        self.content = {**self.base, **change.content}

    def discarded(self) -> None:
        """What becomes of it when a change about it is discarded."""


@dataclass(eq=False)
class Change:
    """What the model knows of a change over one record."""

    thing: Thing
    id: str
    step: str
    content: dict[str, Any]
    author: str
    base: int
    status: str = "draft"
    request: str = ""
    signed: set[str] = field(default_factory=set)

    @property
    def barred(self) -> set[str]:
        """Who never decides about it."""
        return {self.author, *self.thing.contributors}

    @property
    def over(self) -> bool:
        """Whether it is decided for good."""
        return self.status in OVER

    @property
    def stale(self) -> bool:
        """Whether the record moved on since the change was based on it."""
        return self.thing.versions != self.base or self.moved

    @property
    def moved(self) -> bool:
        """Whether the record can't take the step any more."""
        return self.thing.status not in self.thing.row(self.step).sources or self.step == self.thing.never

    def unmet(self) -> bool:
        """Whether the step lacks something, with the change's content laid over the record's."""
        return self.thing.unmet(self.step, {**self.thing.base, **self.content})

    def refusal(self, step: str, name: str) -> int | None:
        """How a step of the change itself is refused, by role, relation and state."""
        row = TABLES["change"].rows[step]
        own = {"author": name == self.author, "no author": name not in self.barred | self.signed}
        if ROLES[name] not in row.who or not own[str(row.relation)]:
            return 403
        return None if self.status in row.sources else 409

    def apply(self) -> None:
        """The change applied."""
        self.thing.apply(self)


PLANNED = "planned_deviation"


class Event(Thing):
    """An event, with what it is linked to."""

    kind = "event"

    def __init__(self, firm: int, id_: str, by: str, type_: str, content: dict[str, Any]) -> None:
        super().__init__(firm, id_, "reported", {by}, by, content=content)
        self.type = type_
        self.investigations: list[Investigation] = []
        self.plans: list[Thing] = []

    @property
    def steps(self) -> dict[str, Row]:
        """A planned deviation is permitted beforehand, and nothing else is; it isn't triaged."""
        return {name: row for name, row in super().steps.items() if name != self.never}

    @property
    def never(self) -> str:
        """The step that an event of its type never takes."""
        return "triage" if self.type == PLANNED else "permit"

    def blocked(self, step: str) -> bool:
        """Triage and reopening don't meet a change in approval."""
        return step == self.never or (step not in {"triage", "reopen"} and super().blocked(step))

    def unmet(self, step: str, given: dict[str, Any]) -> bool:
        """What closing needs (domain: correction and disposition, cause, a concluded investigation, plans, the authority)."""
        concluded = any(one.status == "concluded" for one in self.investigations)
        needs = [
            not given.get("product") or (given.get("correction") and given.get("disposition")),
            self.type == PLANNED or given.get("cause") or given.get("no_cause_reason") or concluded,
            given.get("severity") in {None, "minor"} or concluded,
            given.get("no_capa_reason") or not any(plan.status in {"draft", "implementing"} for plan in self.plans),
            given.get("no_capa_reason") or given.get("severity") == "minor" or {plan.status for plan in self.plans} != {"cancelled"},
            self.type != "complaint" or given.get("reportable"),
        ]
        return step == "close" and not all(needs)


class Investigation(Thing):
    """An investigation, with the events that it covers."""

    kind = "investigation"

    def __init__(self, firm: int, id_: str, by: str, content: dict[str, Any], events: list[Event]) -> None:
        super().__init__(firm, id_, "open", {by}, content=content)
        self.events = events
        for event in events:
            event.investigations.append(self)
            event.moved("investigate")

    def unmet(self, _step: str, given: dict[str, Any]) -> bool:
        """What concluding needs."""
        return not (given.get("root_causes") and given.get("extent") and given.get("conclusion") and given.get("why_tree"))

    def blocked(self, step: str) -> bool:
        """Reopening waits for the events that were closed on the conclusion."""
        return super().blocked(step) if step != "reopen" else any(event.status == "closed" for event in self.events)

    def waits(self) -> bool:
        """Whether reopening meets an event that is triaged and being closed."""
        return any(event.status == "triaged" and event.in_approval for event in self.events)

    def moved(self, step: str) -> None:
        """Cancelling sets back the events that nothing else covers; reopening takes up those that wait in triage."""
        super().moved(step)
        for event in self.events:
            if step == "cancel" and event.status == "under_investigation":
                if all(one.status == "cancelled" for one in event.investigations):
                    event.moved("set_back")
            elif step == "reopen" and event.status == "triaged":
                event.moved("investigate")


class Comment(Thing):
    """What somebody said about a change: settled by them, by an author of the change or by QA."""

    kind = "comment"

    def __init__(self, change: Change, id_: str, by: str) -> None:
        super().__init__(change.thing.firm, id_, "open")
        self.change, self.by = change, by

    def barred(self, _step: str, name: str) -> bool:
        """Who only read it leaves it open."""
        return name not in QA | {self.by, self.change.author}
