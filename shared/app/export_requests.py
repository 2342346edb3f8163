"""What start_export takes: the exports that can be made later, with the arguments of their functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers.parts import named
from shared.app.sheets import Sheet, register_sheet, trail_sheet, training_sheet
from shared.domain.kernel import text
from shared.domain.kernel.arguments import Arguments, DayOrMoment
from shared.domain.kernel.content import Choice, Day, Flag, Identifier, ListOf, Plain, Text, Type
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence, Term, must_be
from shared.domain.kernel.values import dataclass
from shared.domain.reports import registers
from shared.queries.audit_trail import KINDS_TOLD, REGULATED
from shared.queries.organisations import load_named_member
from shared.queries.registers import Asked

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member
    from shared.domain.reports.requested_exports import Export

MOST_RECORDS = 100


@dataclass(frozen=True)
class Filters(Plain):
    """The filters of a register; which it takes, the register says."""

    def check(self, path: str, value: object) -> object:
        """Named filters."""
        if not isinstance(value, Mapping):
            raise Invalid(path, must_be("an object with named fields"))
        return dict(value)

    def schema(self) -> dict[str, object]:
        """An object."""
        return {"type": "object"}


ID = Identifier()
TRAIL: Mapping[str, Type] = {
    "record_id": ID,
    "person_id": ID,
    "step": Text(text.NAME),
    "table": Choice(tuple(REGULATED)),
    "kind": Choice(KINDS_TOLD),
    "settings": Flag(),
    "from": DayOrMoment(),
    "to": DayOrMoment(),
}
REQUESTS: Mapping[str, Arguments] = {
    "export_register": Arguments(
        "register", "format", register=Choice(registers.NAMES), format=Choice(registers.FORMS), filters=Filters(), on=Day()
    ),
    "export_audit_trail": Arguments("format", format=Choice(("csv", "json", "pdf")), **TRAIL),
    "export_training_file": Arguments("person_id", person_id=ID, format=Choice(("csv", "xlsx", "pdf", "json"))),
    "export_records": Arguments("ids", ids=ListOf(ID, MOST_RECORDS)),
}
NAMES = tuple(REQUESTS)


def checked_request(function: str, given: Mapping[str, object]) -> dict[str, object]:
    """The arguments of a function in their one written form; raises Invalid naming the bad, unknown or missing one."""
    checked = REQUESTS[function].check("arguments", dict(given))
    if function == "export_register":
        register = registers.register_named(str(checked["register"]))
        filters = register.filters.check("arguments.filters", checked.get("filters") or {})
        if checked.get("on") and not register.dated:
            raise Invalid(
                "arguments.on", Sentence("not_as_of_a_day", "{title}: this can't be asked as of a day.", title=Term(register.title))
            )
        return {**checked, "filters": filters}
    return checked


def sheet_of(tx: Transaction, export: Export, by: Member, name: str) -> Sheet:
    """The sheet that an export asks for; raises NotFound."""
    given: Mapping[str, Any] = export.arguments
    who, firm, at = named(by.person_id, name), tx.organisation.name, tx.now
    if export.function == "export_register":
        asked = Asked(given["register"], given["filters"], date.fromisoformat(given["on"]) if given.get("on") else None)
        return register_sheet(asked, given["format"], who, firm, at)
    if export.function == "export_audit_trail":
        filters = {name: _typed(name, value) for name, value in given.items() if name != "format"}
        return trail_sheet(filters, given["format"], who, firm, at)
    member, person = load_named_member(tx, UUID(given["person_id"]))
    return training_sheet(member, person, given.get("format", "pdf"), who, firm, at)


def _typed(name: str, value: str) -> object:
    if name in ("record_id", "person_id"):
        return UUID(value)
    if name in ("from", "to"):
        return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return value
