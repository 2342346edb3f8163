"""Entries of the registers from which names are picked: products, places, equipment, suppliers and customers.

Content holds the name itself, picked or written; whatever name an entry has or had means the same entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.domain.kernel import ids, text
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import OMITTED, dataclass, replace
from shared.domain.people.people import Member

REGISTERS = ("products", "places", "equipment", "suppliers", "customers")
CODE = 64  # characters
# The fields of an event that hold a name of a register.
NAMED = {"product": "products", "place": "places", "supplier": "suppliers", "customer": "customers"}


@dataclass(frozen=True)
class RegisterEntry:
    """One thing under its name, with those that it had; merged into another one it is no longer picked."""

    organisation_id: UUID
    id: UUID
    register: str
    name: str
    code: str | None
    created_by: UUID
    created_at: datetime
    updated_at: datetime
    former_names: tuple[str, ...] = ()
    merged_into: UUID | None = None
    revision: int = 0

    @property
    def active(self) -> bool:
        """Whether the entry can be picked."""
        return self.merged_into is None


def new_entry(register: str, name: str, code: str | None, *, by: Member, at: datetime) -> RegisterEntry:
    """A new entry of a register."""
    return RegisterEntry(
        organisation_id=by.organisation_id,
        id=ids.new(at),
        register=register,
        name=_name(name),
        code=_code(code),
        created_by=by.person_id,
        created_at=at,
        updated_at=at,
    )


def rename(entry: RegisterEntry, name: str, code: str | None = OMITTED, *, at: datetime) -> RegisterEntry:
    """The entry under another name, and another code if one is given, or none; its former names go on meaning it."""
    _refuse_merged(entry)
    named = _name(name)
    former = tuple(dict.fromkeys(one for one in (*entry.former_names, entry.name) if one != named))
    return replace(entry, name=named, code=entry.code if code is OMITTED else _code(code), former_names=former, updated_at=at)


def merge(entry: RegisterEntry, into: RegisterEntry, merged: Sequence[RegisterEntry], *, at: datetime) -> Outcome:
    """Merge an entry, with all that were `merged` into it, into another one of its register."""
    _refuse_merged(entry)
    if entry.id == into.id:
        raise Invalid("into_id", Sentence("merged_into_itself", "An entry isn't merged into itself."))
    if into.register != entry.register:
        raise Invalid(
            "into_id",
            Sentence("other_register", "This entry stands in another register ({register}).", register=Term(into.register)),
        )
    if not into.active:
        raise Invalid("into_id", Sentence("merged_before", "This entry was merged into another one; name that one."))
    return Outcome(saves=tuple(replace(one, merged_into=into.id, updated_at=at) for one in (entry, *merged)))


def _refuse_merged(entry: RegisterEntry) -> None:
    if not entry.active:
        raise Conflict(Sentence("merged_already", "This entry was merged into another one."), status="merged")


def _name(name: str) -> str:
    return text.check("name", name, text.NAME, lines=False)


def _code(code: str | None) -> str | None:
    return None if code is None else text.check("code", code, CODE, lines=False)
