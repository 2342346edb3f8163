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
from shared.domain.kernel.errors import Conflict, Forbidden, Refusal
from shared.domain.kernel.sentences import Sentence, Term
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
    sentence: Sentence


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
        """Raise Forbidden naming the needed groups, unless `by` belongs to one; `what` is a term, such as "This"."""
        if not self.admits(by):
            raise self.role_refusal(self.needed_for(what))

    def needed_for(self, what: str) -> Sentence:
        """Whom `what` needs."""
        return Sentence("role_needed", "{what} needs {needed}.", what=Term(what), needed=Term(self.words))

    def role_refusal(self, sentence: Sentence) -> Forbidden:
        """The refusal of somebody in none of the groups, naming them."""
        return Forbidden(sentence, needed=sorted(self.groups))


SYSTEM: Who[Subject] = Who(frozenset({"system"}), "the system itself")
SAME = "same"  # the target of a step that leaves the status as it is
Condition = Callable[[T_contra, Actor], Sentence | None]  # a sentence where it isn't met


@dataclass(frozen=True)
class Step(Generic[T_contra]):
    """One row: from where to where, by whom, through which gate.

    `function` is the endpoint that takes it; `needs` are further conditions, each returning a sentence if unmet;
    `meaning` is the meaning of a signed step's signature (21 CFR 11.50(a)(3)), and `told` are the arguments that it covers; of a
    direct step they say whether it needs a reason;
    `version` says that the step freezes a new version; `signed_as` is the kind of subject of its signature where the table's is another.
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
    signed_as: str = ""

    @property
    def needs_reason(self) -> bool:
        """Whether whoever takes it, or proposes the change that takes it, must say why."""
        return self.gate is Gate.CHANGE or "reason" in self.told.needed

    def target_from(self, status: str) -> str:
        """The status that the step leads to from `status`."""
        return status if self.target == SAME else self.target


class Closed(StrEnum):
    """What closes a step to a person now: their role, what they did or didn't do themselves, the status, or another condition."""

    STATE = "state"
    ROLE = "role"
    RELATION = "relation"
    CONDITION = "condition"


@dataclass(frozen=True)
class OpenStep:
    """A row of a table as one person sees it: open, or closed with the reason; `admitted` is whether their role may ever take it.

    `subject_kind` is what a signature for it is about, where it is signed.
    """

    row: Step[Any]
    subject_kind: str | None
    admitted: bool
    closed_by: Closed | None = None
    why_not: Sentence | None = None

    @property
    def open(self) -> bool:
        """Whether the person can take it now."""
        return self.closed_by is None

    @property
    def code(self) -> str | None:
        """The code of `why_not`."""
        return None if self.why_not is None else self.why_not.code


class Workflow(Generic[T]):
    """The table of steps of one kind of thing.

    `noun` names the thing in refusals; `phases` gives the phase of each status; `signed_as` is the kind of subject that its signatures
    are about, where that is another. Raises ValueError if the steps and the phases
    name different statuses, or if a status that isn't an end has no step.
    """

    def __init__(self, kind: str, noun: str, phases: Mapping[str, Phase], *steps: Step[T], signed_as: str | None = None) -> None:
        self.kind = kind
        self.signed_as = signed_as or kind
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
        for check in (self._role, self._relation, self._state, self._condition):
            refusal = check(step, subject, by)
            if refusal is not None:
                raise refusal
        return step

    def _role(self, step: Step[T], _subject: T, by: Actor) -> Refusal | None:
        if step.who.admits(by):
            return None
        facts = {"step": Term(step.name), "thing": Term(self.noun), "needed": Term(step.who.words)}
        return step.who.role_refusal(Sentence("step_needs_role", "To {step} {thing} needs {needed}.", **facts))

    def _relation(self, step: Step[T], subject: T, by: Actor) -> Refusal | None:
        return next((Forbidden(relation.sentence) for relation in step.who.relations if not relation.holds(subject, by)), None)

    def _state(self, step: Step[T], subject: T, _by: Actor) -> Refusal | None:
        if subject.status in step.sources:
            return None
        facts = {
            "thing": Term(self.noun),
            "status": Term(subject.status),
            "step": Term(step.name),
            "sources": tuple(map(Term, step.sources)),
        }
        sentence = Sentence("wrong_state", "This {thing} is {status}; to {step} it must be {sources:or}.", **facts)
        return Conflict(sentence, status=subject.status, open=self.reachable(subject.status))

    def _condition(self, step: Step[T], subject: T, by: Actor) -> Refusal | None:
        unmet = next((said for said in (condition(subject, by) for condition in step.needs) if said is not None), None)
        return None if unmet is None else Conflict(unmet, status=subject.status)

    def by_change(self, status: str | None = None) -> list[Step[T]]:
        """The steps that need an approved change, only those from `status` if it is given."""
        return [step for step in self if step.gate is Gate.CHANGE and (status is None or status in step.sources)]

    def subject_kind(self, step: Step[T]) -> str:
        """The kind of subject that a signature of the step is about."""
        return step.signed_as or self.signed_as

    def reachable(self, status: str) -> list[str]:
        """The names of the steps that a person can take from `status`."""
        return [step.name for step in self if status in step.sources and step.who is not SYSTEM]

    def open_steps(self, subject: T, by: Actor) -> list[OpenStep]:
        """Every step that a person can take, open or with the reason why not (the web application's buttons)."""
        return [self.seen(step, subject, by) for step in self if step.who is not SYSTEM]

    def seen(self, step: Step[T], subject: T, by: Actor) -> OpenStep:
        """The step as `by` sees it; what the state closes is closed to everybody, so that is said first."""
        checks = {
            Closed.STATE: self._state,
            Closed.ROLE: self._role,
            Closed.RELATION: self._relation,
            Closed.CONDITION: self._condition,
        }
        for cause, check in checks.items():
            refusal = check(step, subject, by)
            if refusal is not None:
                return self.shown(step, by, cause, refusal.sentence)
        return self.shown(step, by)

    def shown(self, step: Step[T], by: Actor, closed_by: Closed | None = None, why_not: Sentence | None = None) -> OpenStep:
        """The step as open, or closed with the reason."""
        signed_as = self.subject_kind(step) if step.gate is Gate.SIGNED else None
        return OpenStep(step, signed_as, step.who.admits(by), closed_by, why_not)


def words(name: str) -> str:
    """A name with spaces for underscores: in_approval -> in approval."""
    return name.replace("_", " ")
