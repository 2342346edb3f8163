"""A kind of record as data: the rules that differ between kinds, and the defaults that most share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.kernel import canonical, content, ids, text
from shared.domain.kernel.content import Content, Fields
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import dataclass, replace
from shared.domain.kernel.workflow import OVER, SYSTEM, Actor, Closed, Gate, OpenStep, Phase, Workflow, words
from shared.domain.records.records import Record, Version, VersionFile

if TYPE_CHECKING:
    from shared.domain.changes.proposals import Change, Item
    from shared.domain.people.people import Member
    from shared.domain.records.dossiers import Dossier

SUPERSEDED = "superseded"  # the status of a version that a newer one replaced
Apply = Callable[["Kind", "Item", "Dossier", "Change", date, datetime], Outcome]
WhyNot = Callable[["Kind", "Dossier", str], Sentence | None]
WhyNever = Callable[["Dossier", str], Sentence | None]
Unmet = Callable[["Dossier", str, Content, date], list[Sentence]]
WithDefaults = Callable[[Content], dict[str, object]]
Keyed = Callable[[Content, frozenset[str]], dict[str, object]]
Owners = Callable[[Content, Content], Mapping[str, tuple[str, UUID]]]  # by field: the row's key and who
FieldsByStatus = Callable[[str], frozenset[str]]
RefuseContradictions = Callable[[str | None, Content, datetime], None]  # of a record's type and content, at a time
Effects = Callable[["Record", "Dossier", datetime], tuple[object, ...]]


def state_refuses(kind: Kind, found: Dossier, step: str) -> Sentence | None:
    """Why a change can't take `step` on this record now, as a sentence; None if it can."""
    row = kind.workflow[step]
    if found.status in row.sources:
        return None
    return Sentence(
        "record_in_wrong_state",
        "{number} is {status}; to {step} it must be {sources:or}.",
        number=found.record.number,
        status=Term(found.status),
        step=Term(step),
        sources=tuple(map(Term, row.sources)),
    )


def takes_all(_found: Dossier, _step: str) -> Sentence | None:
    """Each step is taken by records of every type."""
    return None


def nothing_unmet(_found: Dossier, _step: str, _content: Content, _today: date) -> list[Sentence]:
    """No condition beyond the status."""
    return []


def itself(found: Dossier, _step: str) -> Dossier:
    """The record as a step sees it: unaltered."""
    return found


def as_given(given: Content) -> dict[str, object]:
    """The content as it is."""
    return dict(given)


def without_keys(given: Content, _spent: frozenset[str]) -> dict[str, object]:
    """The content as it is: it has no rows with keys."""
    return dict(given)


def owned_by_nobody(_base: Content, _given: Content) -> Mapping[str, tuple[str, UUID]]:
    """No owners: the content assigns work to nobody."""
    return {}


def no_qa_only_fields(_status: str) -> frozenset[str]:
    """No field that only QA sets."""
    return frozenset()


def no_contradictions(_type: str | None, _given: Content, _at: datetime) -> None:
    """No rule between fields."""


def no_effects(_record: Record, _found: Dossier, _at: datetime) -> tuple[object, ...]:
    """No rows besides the record's own."""
    return ()


def apply_item(kind: Kind, item: Item, found: Dossier, change: Change, today: date, at: datetime) -> Outcome:  # noqa: ARG001 - `today` is for kinds that wait for a date
    """Apply one item of an approved change: freeze a new version if the step asks for one, else only change the status."""
    row, record = kind.workflow[item.step], found.record
    status = row.target_from(found.status)
    titled = replace(
        record,
        title=item.title or record.title,
        owner_id=item.owner_id or record.owner_id,
        team_id=item.team_id or record.team_id,
    )
    if not row.version:
        shown = with_status(kind, titled, status, at)
        rows: tuple[object, ...] = (shown,)
        if found.current is not None and kind.is_over(status):
            rows = (replace(found.current, status=status, ended_at=at), *rows)
        return Outcome(saves=(*rows, *kind.effects(shown, found, at)))
    merged = kind.laid_over(record, item.content, found.spent)
    version, files = next_version(kind, replace(titled, content=merged), status, change.id, at)
    former = () if found.current is None else (replace(found.current, status=SUPERSEDED, ended_at=at),)
    shown = with_status(kind, replace(titled, version=version.version, latest_version=version.version, content=merged), status, at)
    return Outcome(saves=(*former, version, *files, shown, *kind.effects(shown, found, at)))


@dataclass(frozen=True)
class Kind:
    """One kind of record: its lifecycle, its content, and the rules that only it has."""

    workflow: Workflow[Dossier]
    content: Fields
    # What its numbers begin with, by type; the type is None where the kind has none.
    prefixes: Mapping[str | None, str]
    # Whether a record exists as the draft of a change until that is approved; others have working content, which is edited directly.
    drafted: bool = False
    # The steps of a change that freeze a version at its approval, which waits for its day; every other step happens on that day.
    waits: frozenset[str] = frozenset()
    # Whether an Operator sees what is in force.
    readers: bool = False
    # Fields that apply to one version only; the next version doesn't inherit them.
    one_version_fields: frozenset[str] = frozenset()
    # Fields that hold a rendition of a file for its readers, and the field of its editable source.
    renditions: Mapping[str, str] = field(default_factory=dict)
    # The fields that only QA sets, by status, and those of them that the closing change may set too.
    qa_only: FieldsByStatus = no_qa_only_fields
    stated_at_closing: frozenset[str] = frozenset()
    # Applies an approved change to the record; makes the rows of other tables that follow from it.
    apply: Apply = apply_item
    effects: Effects = no_effects
    # Why a change can't take a step; the unmet conditions of a step beyond the record's status, as sentences.
    why_not: WhyNot = state_refuses
    # Why records of this type never take a step, which then isn't shown.
    why_never: WhyNever = takes_all
    unmet: Unmet = nothing_unmet
    # Fills in default values; gives new rows a key that was never used.
    with_defaults: WithDefaults = as_given
    keyed: Keyed = without_keys
    # Refuses fields that contradict each other.
    refuse_contradictions: RefuseContradictions = no_contradictions
    # The people to whom new content assigns work, by field.
    owners: Owners = owned_by_nobody
    # The dossier as a step sees it.
    subject: Callable[[Dossier, str], Dossier] = itself

    @property
    def name(self) -> str:
        """The kind's name."""
        return self.workflow.kind

    def is_over(self, status: str) -> bool:
        """Whether a record in this status is finished: no work is left."""
        return self.workflow.phases[status] in OVER

    def is_draft(self, status: str) -> bool:
        """Whether a record in this status exists only as the draft of a change."""
        return self.drafted and self.workflow.phases[status] is Phase.DRAFT

    def living(self, versions: Iterable[Version]) -> tuple[Version | None, Version | None]:
        """The current version of a record, and the approved one that waits for its date."""
        alive = [version for version in versions if version.ended_at is None]
        waiting = next((version for version in alive if self.workflow.phases[version.status] is Phase.WAITING), None)
        return next((version for version in alive if version is not waiting), None), waiting

    def stamp(self, status: str, *, ended: bool = False) -> str | None:
        """The stamp on printouts of what isn't in force (ISO 13485 4.2.4); None if none is needed."""
        phase = self.workflow.phases.get(status)
        if phase is Phase.WAITING and not ended:
            return "NOT YET IN FORCE"
        if phase not in (Phase.OPEN, Phase.IN_FORCE, Phase.DONE):
            return words(status).upper()
        return "SUPERSEDED" if ended else None

    def is_read_by_all(self, status: str) -> bool:
        """Whether readers may see a record in this status."""
        return self.readers and self.workflow.phases[status] is Phase.IN_FORCE

    def complete(self, given: Content, spent: frozenset[str] = frozenset()) -> dict[str, object]:
        """The content with default values and row keys filled in; `spent` are the keys used before."""
        return self.keyed(self.with_defaults(given), spent)

    def laid_over(self, record: Record, given: Content, spent: frozenset[str] = frozenset()) -> dict[str, object]:
        """The record's content updated with `given`, without the fields that apply to one version only."""
        base = record.content if record.latest_version or not self.drafted else {}
        return self.complete(
            content.merge({name: value for name, value in base.items() if name not in self.one_version_fields}, given), spent
        )

    def default_step(self, status: str) -> str:
        """The step that a change takes if none is named: the first that freezes a version from this status, else the first of all."""
        freezing = [step for step in self.workflow.by_change() if step.version]
        return next((step.name for step in freezing if status in step.sources), freezing[0].name)

    def open_steps(self, found: Dossier, by: Actor) -> list[OpenStep]:
        """Every step on this record, open or with the reason why not, including the steps that need a change."""
        shown = []
        for step in self.workflow:
            if step.who is SYSTEM or self.why_never(found, step.name) is not None:
                continue
            if step.gate is Gate.CHANGE and (why_not := self.why_not(self, found, step.name)) is not None:
                cause = Closed.CONDITION if found.status in step.sources else Closed.STATE
                shown.append(self.workflow.shown(step, by, cause, why_not))
            elif step.gate is Gate.CHANGE and not step.who.admits(by):
                shown.append(self.workflow.shown(step, by, Closed.ROLE, step.who.needed_for("This")))
            elif step.gate is Gate.CHANGE:
                shown.append(self.workflow.shown(step, by))
            else:
                shown.append(self.workflow.seen(step, self.subject(found, step.name), by))
        return shown


def begin(
    of: Kind, organisation_id: UUID, *, number: str, title: str, of_type: str | None, given: Content, status: str, by: Member, at: datetime
) -> Record:
    """A new record, at version 0: nothing is frozen yet."""
    return Record(
        organisation_id=organisation_id,
        id=ids.new(at),
        kind=of.name,
        type=of_type,
        number=number,
        title=text.check("title", title, text.TITLE, lines=False),
        owner_id=by.person_id,
        team_id=None,
        status=status,
        version=0,
        latest_version=0,
        created_by=by.person_id,
        created_at=at,
        updated_at=at,
        content=content.merge({}, of.content.check("content", given)),
    )


def with_status(of: Kind, record: Record, status: str, at: datetime) -> Record:
    """The record with this status; `closed_at` is set when the status is an end and cleared when it isn't."""
    closed_at = (record.closed_at or at) if of.is_over(status) else None
    return replace(record, status=status, closed_at=closed_at, updated_at=at)


def next_version(kind: Kind, record: Record, status: str, change_id: UUID | None, at: datetime) -> tuple[Version, tuple[VersionFile, ...]]:
    """Freeze the record's content as its next version, with the files that it names."""
    signed = {"title": record.title, "owner_id": record.owner_id, "team_id": record.team_id, "content": record.content}
    version = Version(
        organisation_id=record.organisation_id,
        record_id=record.id,
        version=record.latest_version + 1,
        status=status,
        title=record.title,
        owner_id=record.owner_id,
        team_id=record.team_id,
        content=record.content,
        content_sha256=canonical.sha256(signed),
        change_id=change_id,
        created_at=at,
    )
    files = tuple(
        VersionFile(organisation_id=record.organisation_id, record_id=record.id, version=version.version, file_id=file_id, field=name)
        for name, file_id in dict.fromkeys(kind.content.files("", version.content))
    )
    return version, files
