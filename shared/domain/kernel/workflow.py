"""The state machine of every kind of thing: a table of steps and who may take them.

A kind of record declares its lifecycle as one `Workflow`. The server's refusals, the buttons of the web application, the generated
documentation, the words that SQL is given and the exhaustive tests all read the same rows (21 CFR 11.10(f), (g)).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar, overload
from uuid import UUID

from shared.domain.kernel.arguments import NOTHING, Arguments
from shared.domain.kernel.errors import Conflict, Forbidden
from shared.domain.kernel.values import dataclass


class Gate(StrEnum):
    """What a step requires besides the right person: nothing, that person's signature, or an approved change."""

    DIRECT = "direct"
    SIGNED = "signed"
    CHANGE = "change"


class Actor(Protocol):
    """Who takes a step: a member of the organisation, or the system."""

    @property
    def person_id(self) -> UUID:
        """The id of the person, or NOBODY for the system."""

    @property
    def groups(self) -> frozenset[str]:
        """The groups that the actor belongs to, such as roles."""


class Subject(Protocol):
    """Anything with a status, such as a change, a document or an extension."""

    @property
    def status(self) -> str:
        """Its status."""


class Phase(StrEnum):
    """What a status means to those who rely on the thing: readers see what is in force, printouts stamp what isn't."""

    DRAFT = "draft"  # nothing of it counts yet
    OPEN = "open"  # it counts, and somebody works on it or decides about it
    WAITING = "waiting"  # approved, and in force from its date on
    IN_FORCE = "in force"  # it counts
    HELD = "held"  # it was in force and must not be used for now
    DONE = "done"  # its work is done, and what it says counts
    PAST = "past"  # this version counts no more; the record goes on
    ENDED = "ended"  # it counts no more, and nothing follows


OVER = (Phase.DONE, Phase.ENDED)  # no work is left
STANDING = (Phase.IN_FORCE, Phase.HELD)  # the one version of a record that a new one supersedes
T = TypeVar("T", bound=Subject)
# Contravariant: a relation over any subject can guard a change, not the other way round.
T_contra = TypeVar("T_contra", bound=Subject, contravariant=True)


@dataclass(frozen=True)
class Relation(Generic[T_contra]):
    """What a person must or must not have done themselves; the four-eyes principle compares persons, never roles."""

    name: str
    holds: Callable[[T_contra, Actor], bool]
    sentence: str


@dataclass(frozen=True)
class Who(Generic[T_contra]):
    """Who may take a step: a member of any of the groups for whom all relations hold, such as `QA & NOT_AUTHOR`."""

    groups: frozenset[str]
    words: str
    relations: tuple[Relation[T_contra], ...] = ()

    @overload
    def __and__(self: Who[Subject], relation: Relation[T]) -> Who[T]: ...
    @overload
    def __and__(self: Who[T], relation: Relation[T]) -> Who[T]: ...
    def __and__(self, relation: Relation[Any]) -> Who[Any]:
        return Who(self.groups, self.words, (*self.relations, relation))

    def admits(self, by: Actor) -> bool:
        """Whether the actor's groups allow it; checked before anything is loaded."""
        return bool(self.groups & by.groups)

    def refuse_role(self, by: Actor, what: str) -> None:
        """Raise Forbidden naming the needed groups, unless `by` belongs to one."""
        if not self.admits(by):
            sentence = f"{what} needs {self.words}."
            raise Forbidden(sentence, needed=sorted(self.groups))


SYSTEM: Who[Subject] = Who(frozenset({"system"}), "the system itself")
SAME = "same"  # the target of a step that leaves the status as it is
Condition = Callable[[T_contra, Actor], str | None]  # a sentence where it isn't met


@dataclass(frozen=True)
class Step(Generic[T_contra]):
    """One row: from where to where, by whom, through which gate.

    `function` is the endpoint that takes it; `needs` are further conditions, each returning a sentence if unmet;
    `meaning` is the meaning of a signed step's signature (21 CFR 11.50(a)(3)), and `told` are the arguments that it covers;
    `version` says that the step freezes a new version.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    who: Who[T_contra]
    gate: Gate = Gate.DIRECT
    function: str = ""
    meaning: str | None = None
    needs: tuple[Condition[T_contra], ...] = ()
    version: bool = False
    told: Arguments = NOTHING

    def target_from(self, status: str) -> str:
        """The status that the step leads to from `status`."""
        return status if self.target == SAME else self.target


@dataclass(frozen=True)
class OpenStep:
    """A step as one person sees it: open, or closed with the reason."""

    step: str
    function: str
    open: bool
    why_not: str | None


class Workflow(Generic[T]):
    """The table of steps of one kind of thing.

    `noun` names the thing in refusals; `phases` gives the phase of each status. Raises ValueError if the steps and the phases
    name different statuses, or if a status that isn't an end has no step.
    """

    def __init__(self, kind: str, noun: str, phases: Mapping[str, Phase], *steps: Step[T]) -> None:
        self.kind = kind
        self.noun = noun
        self.phases = phases
        self.steps: Mapping[str, Step[T]] = {step.name: step for step in steps}
        named = {status for step in steps for status in (*step.sources, step.target)} - {SAME}
        if named != set(phases):
            message = f"{kind}: the steps and the phases differ in {', '.join(sorted(named ^ set(phases)))}"
            raise ValueError(message)
        led_from = {status for step in steps for status in step.sources}
        if stuck := [status for status, phase in phases.items() if phase not in (*OVER, Phase.PAST) and status not in led_from]:
            message = f"{kind}: nothing follows {', '.join(stuck)}, which isn't an end"
            raise ValueError(message)

    def __iter__(self) -> Iterator[Step[T]]:
        return iter(self.steps.values())

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every status, in the order of the steps."""
        return tuple(dict.fromkeys(status for step in self for status in (*step.sources, step.target) if status != SAME))

    def within(self, *phases: Phase) -> tuple[str, ...]:
        """The statuses in these phases."""
        return tuple(str(status) for status, phase in self.phases.items() if phase in phases)

    def __getitem__(self, name: str) -> Step[T]:
        return self.steps[name]

    def permit(self, name: str, subject: T, by: Actor) -> Step[T]:
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

    def by_change(self, status: str | None = None) -> list[Step[T]]:
        """The steps that need an approved change, only those from `status` if it is given."""
        return [step for step in self if step.gate is Gate.CHANGE and (status is None or status in step.sources)]

    def reachable(self, status: str) -> list[str]:
        """The names of the steps that a person can take from `status`."""
        return [step.name for step in self if status in step.sources and step.who is not SYSTEM]

    def open_steps(self, subject: T, by: Actor) -> list[OpenStep]:
        """Every step that a person can take, open or with the reason why not (the web application's buttons)."""
        return [self._open(step, subject, by) for step in self if step.who is not SYSTEM]

    def _open(self, step: Step[T], subject: T, by: Actor) -> OpenStep:
        try:
            self.permit(step.name, subject, by)
        except (Forbidden, Conflict) as refusal:
            return OpenStep(step.name, step.function, open=False, why_not=refusal.sentence)
        return OpenStep(step.name, step.function, open=True, why_not=None)


def words(name: str) -> str:
    """A name with spaces for underscores: in_approval -> in approval."""
    return name.replace("_", " ")
