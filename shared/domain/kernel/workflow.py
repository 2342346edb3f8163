"""The only state machine: steps as rows of a table, and who may take them.

A kind of record declares its lifecycle as one `Workflow`. The server's refusals, the buttons of the web application, the generated
documentation and the exhaustive tests all read the same rows (21 CFR 11.10(f), (g)).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from shared.domain.kernel.errors import Conflict, Forbidden
from shared.domain.kernel.values import dataclass, replace


class Gate(StrEnum):
    """What a step asks for besides the right person: nothing, the taker's signature, or an approved change."""

    DIRECT = "direct"
    SIGNED = "signed"
    CHANGE = "change"


class Actor(Protocol):
    """Who takes a step: a member of the organisation, or the system."""

    @property
    def person_id(self) -> UUID:
        """Whose step it is."""

    @property
    def groups(self) -> frozenset[str]:
        """What they count as."""


@dataclass(frozen=True)
class Relation:
    """What a person must (not) have done themselves: four eyes are told apart by person, never by role."""

    name: str
    holds: Callable[[object, Actor], bool]
    sentence: str


@dataclass(frozen=True)
class Who:
    """The groups that may (one is enough), and the relations that must all hold. `QA & NOT_AUTHOR` reads as it works."""

    groups: frozenset[str]
    words: str
    relations: tuple[Relation, ...] = ()

    def __and__(self, relation: Relation) -> Who:
        return replace(self, relations=(*self.relations, relation))

    def admits(self, by: Actor) -> bool:
        """Whether the role alone lets `by` through: asked before anything is loaded."""
        return bool(self.groups & by.groups)

    def refuse_role(self, by: Actor, what: str) -> None:
        """Raise Forbidden naming what is needed, unless the role admits `by`."""
        if not self.admits(by):
            sentence = f"{what} needs {self.words}."
            raise Forbidden(sentence, needed=sorted(self.groups))


SYSTEM = Who(frozenset({"system"}), "the system itself")
SAME = "same"  # the target of a step that leaves the status as it is
Condition = Callable[[object, Actor], str | None]


@dataclass(frozen=True)
class Step:
    """One row: from where to where, by whom, through which gate.

    `function` is the endpoint that takes it; `needs` are further conditions, each giving a sentence where it doesn't hold;
    `meaning` is what the signature of a signed step says (21 CFR 11.50(a)(3)); `version` is whether the step freezes a new version.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    who: Who
    gate: Gate = Gate.DIRECT
    function: str = ""
    meaning: str | None = None
    needs: tuple[Condition, ...] = field(default=())
    version: bool = False

    def target_from(self, status: str) -> str:
        """Where the step leads from `status`."""
        return status if self.target == SAME else self.target


@dataclass(frozen=True)
class OpenStep:
    """A step as a person sees it: open, or why it is not."""

    step: str
    function: str
    open: bool
    why_not: str | None


class Subject(Protocol):
    """Whatever has a status: a change, a document's version, a request."""

    @property
    def status(self) -> str:
        """Where it stands."""


class Workflow:
    """The table of one kind. `noun` is how its refusals name the thing."""

    def __init__(self, kind: str, noun: str, *steps: Step) -> None:
        self.kind = kind
        self.noun = noun
        self.steps: Mapping[str, Step] = {step.name: step for step in steps}

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps.values())

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every status of the table, in the order of the rows."""
        return tuple(dict.fromkeys(status for step in self for status in (*step.sources, step.target) if status != SAME))

    def __getitem__(self, name: str) -> Step:
        return self.steps[name]

    def take(self, name: str, subject: Subject, by: Actor) -> Step:
        """The step `name`, if `by` may take it on `subject` now.

        Raises Forbidden (role, then relation) or Conflict (the state, naming it and what is open; then the step's own conditions).
        """
        step = self.steps[name]
        step.who.refuse_role(by, f"To {words(name)} {self.noun}")
        for relation in step.who.relations:
            if not relation.holds(subject, by):
                raise Forbidden(relation.sentence)
        if subject.status not in step.sources:
            sentence = f"This {self.noun} is {words(subject.status)}; to {words(name)} it must be {' or '.join(map(words, step.sources))}."
            raise Conflict(sentence, status=subject.status, open=self.reachable(subject.status))
        for condition in step.needs:
            unmet = condition(subject, by)
            if unmet is not None:
                raise Conflict(unmet, status=subject.status)
        return step

    def by_change(self, status: str | None = None) -> list[Step]:
        """The steps that a change takes, from `status` where it is given."""
        return [step for step in self if step.gate is Gate.CHANGE and (status is None or status in step.sources)]

    def reachable(self, status: str) -> list[str]:
        """The names of the steps that start in `status` and that a person takes."""
        return [step.name for step in self if status in step.sources and step.who is not SYSTEM]

    def open_steps(self, subject: Subject, by: Actor) -> list[OpenStep]:
        """Every step that a person could take, each with the sentence that says why not (the web application's buttons)."""
        return [self._open(step, subject, by) for step in self if step.who is not SYSTEM]

    def _open(self, step: Step, subject: Subject, by: Actor) -> OpenStep:
        try:
            self.take(step.name, subject, by)
        except (Forbidden, Conflict) as refusal:
            return OpenStep(step.name, step.function, open=False, why_not=refusal.sentence)
        return OpenStep(step.name, step.function, open=True, why_not=None)


def words(name: str) -> str:
    """A name as it is said: in_approval -> in approval."""
    return name.replace("_", " ")
