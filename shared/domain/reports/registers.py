"""The registers that an inspector asks for: each is a list of the product, with all its rows, as a sheet (ISO 9001 7.5.3, Annex 11 §8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar, get_args

from shared.domain.capa import capa_plans
from shared.domain.changes import changes
from shared.domain.documents import documents
from shared.domain.events import events, investigations
from shared.domain.events.event_types import SEVERITIES
from shared.domain.kernel import canonical, text
from shared.domain.kernel.arguments import Arguments, DayOrMoment
from shared.domain.kernel.content import Choice, Flag, Identifier, Moment, Plain, Text, Type
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import dataclass
from shared.domain.kernel.workflow import words
from shared.domain.people.people import MemberStatus
from shared.domain.trainings import trainings

Form = Literal["csv", "xlsx", "pdf"]
Cell = str | int | None
Row = TypeVar("Row")
MOST_AT_ONCE: Mapping[str, int] = {"csv": 5_000, "xlsx": 5_000, "pdf": 1_000}  # rows that one answer holds; start_export makes the others
MOST_ROWS: Mapping[str, int] = {"csv": 100_000, "xlsx": 100_000, "pdf": 10_000}  # rows of one sheet
MEDIA_TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class Several(Plain):
    """One or several of a list of words: as a list, or with commas between, as the list functions take them."""

    words: tuple[str, ...]

    def check(self, path: str, value: object) -> object:
        """The words, each once."""
        given = value.split(",") if isinstance(value, str) else value
        if not isinstance(given, list) or not given or not set(map(str, given)) <= set(self.words):
            raise Invalid(path, Sentence("not_several_of", "This must be one or several of: {words}.", words=tuple(self.words)))
        return list(dict.fromkeys(given))

    def schema(self) -> dict[str, object]:
        """A list of words, or a text."""
        return {"anyOf": [{"type": "array", "items": {"enum": list(self.words)}, "minItems": 1}, {"type": "string"}]}


@dataclass(frozen=True)
class Register:
    """A register: its title, its columns (heading, and where the value stands in an item of the list), and the filters that it takes."""

    title: str
    columns: tuple[tuple[str, str], ...]
    filters: Arguments
    dated: bool = False  # whether it can be asked as of a day

    def row(self, item: Mapping[str, Any]) -> list[Cell]:
        """One item of the list as a row."""
        return [_cell(item, path) for _, path in self.columns]


ID = Identifier()
OF_RECORDS: Mapping[str, Type] = {"owner_id": ID, "team_id": ID, "updated_since": Moment(), "q": Text(text.NAME)}
NUMBERED = (("Number", "number"), ("Title", "title"))
STANDING = (("Status", "status"), ("Version", "version"), ("Owner", "owner.name"), ("Team", "team.name"), ("Due on", "due_on"))
TOLD = (("Created at", "created_at"), ("Updated at", "updated_at"), ("Id", "id"))

REGISTERS: Mapping[str, Register] = {
    "documents": Register(
        "Register of documents",
        (*NUMBERED, ("Type", "type"), *STANDING, *TOLD),
        Arguments(status=Several(documents.WORKFLOW.statuses), type=Text(text.NAME), **OF_RECORDS),
        dated=True,
    ),
    "events": Register(
        "Register of events",
        (
            *NUMBERED,
            ("Type", "type"),
            ("Severity", "severity"),
            ("Risk number", "risk_number"),
            ("Batch", "batch"),
            ("Place", "place"),
            *STANDING,
            ("Overdue", "overdue"),
            *TOLD,
        ),
        Arguments(
            status=Several(events.WORKFLOW.statuses),
            type=Text(text.NAME),
            severity=Choice(SEVERITIES),
            place=Text(text.NAME),
            product=Text(text.NAME),
            batch=Text(text.NAME),
            **OF_RECORDS,
        ),
    ),
    "investigations": Register(
        "Register of investigations",
        (*NUMBERED, *STANDING, *TOLD),
        Arguments(status=Several(investigations.WORKFLOW.statuses), method=Choice(investigations.METHODS), **OF_RECORDS),
    ),
    "capa_plans": Register(
        "Register of CAPA plans",
        (*NUMBERED, *STANDING, *TOLD),
        Arguments(status=Several(capa_plans.WORKFLOW.statuses), **OF_RECORDS),
    ),
    "changes": Register(
        "Register of changes",
        (
            *NUMBERED,
            ("Status", "status"),
            ("Round", "round"),
            ("Owner", "owner.name"),
            ("Records", "records.number"),
            ("Effective on", "effective_on"),
            ("Reason", "reason"),
            *TOLD,
        ),
        Arguments(status=Several(changes.WORKFLOW.statuses), record_id=ID, owner_id=ID),
    ),
    "trainings": Register(
        "Register of trainings",
        (*NUMBERED, *STANDING, *TOLD),
        Arguments(status=Several(trainings.WORKFLOW.statuses), **OF_RECORDS),
        dated=True,
    ),
    "training_matrix": Register(
        "Training matrix",
        (
            ("Person", "person.name"),
            ("Number", "training.number"),
            ("Title", "training.title"),
            ("Version", "version"),
            ("State", "state"),
            ("Date", "date"),
            ("Due on", "due_on"),
            ("Valid until", "valid_until"),
            ("Person id", "person.id"),
            ("Training id", "training.id"),
        ),
        Arguments(team_id=ID, training_id=ID, person_id=ID, change_id=ID, untrained=Flag()),
        dated=True,
    ),
    "members": Register(
        "Register of members",
        (
            ("Name", "name"),
            ("Printed name", "printed_name"),
            ("Role", "role"),
            ("Role until", "role_until"),
            ("Admin", "admin"),
            ("Status", "status"),
            ("Teams", "teams.name"),
            ("Policy accepted at", "policy_accepted_at"),
            ("Member since", "created_at"),
            ("Id", "person_id"),
        ),
        Arguments(status=Choice(tuple(MemberStatus)), q=Text(text.NAME)),
    ),
    "signatures": Register(
        "Register of signatures",
        (
            ("Signed at", "signed_at"),
            ("Local time", "local_time"),
            ("Time zone", "time_zone"),
            ("Printed name", "printed_name"),
            ("Meaning", "meaning"),
            ("Subject", "subject_kind"),
            ("Number", "number"),
            ("Version", "version"),
            ("Round", "round"),
            ("Reason", "reason"),
            ("Holds", "valid"),
            ("Person id", "person_id"),
            ("Id", "id"),
        ),
        Arguments(person_id=ID, record_id=ID, meaning=Text(text.NAME), **{"from": DayOrMoment(), "to": DayOrMoment()}),
    ),
}
NAMES = tuple(REGISTERS)
FORMS: tuple[str, ...] = get_args(Form)


def register_named(name: str) -> Register:
    """The register of this name; raises Invalid."""
    return REGISTERS[text.word("register", name, NAMES)]


def checked_filters(register: Register, given: Mapping[str, object] | None) -> dict[str, object]:
    """The filters of a register in their one written form; raises Invalid naming the one that it doesn't take."""
    return register.filters.check("filters", dict(given or {}))


def refuse_too_many_rows(form: str, rows: int, most: int, title: str) -> None:
    """Raise Conflict where one answer can't hold so many rows."""
    if rows > most:
        sentence = Sentence(
            "too_many_rows_for_answer",
            "{title}: there are more than {most:,} rows, which is what one {form} answer holds; ask for it with start_export.",
            title=Term(title),
            most=most,
            form=form.upper(),
        )
        raise Conflict(sentence, rows=rows)


def limited(form: str, rows: Iterable[Row], most: int, title: str) -> Iterator[Row]:
    """The rows, as long as one file holds them; raises Conflict at the first that it doesn't."""
    for place, row in enumerate(rows):
        if place == most:
            sentence = Sentence(
                "too_many_rows_for_file",
                "{title}: one {form} file holds {most:,} rows. Narrow it with filters, or ask for another form.",
                title=Term(title),
                form=form.upper(),
                most=most,
            )
            raise Conflict(sentence)
        yield row


def _cell(item: Mapping[str, Any], path: str) -> Cell:
    value: Any = item
    for part in path.split("."):
        if isinstance(value, list):
            return ", ".join(str(one[part]) for one in value)
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (str, int)):
        return words(value) if isinstance(value, str) and path in WORDS else value
    return canonical.encode(value).decode()


WORDS = frozenset({"status", "type", "state", "role", "subject_kind"})
