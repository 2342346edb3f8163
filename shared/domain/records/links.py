"""Typed links between records, shown at both ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from shared.domain.kernel import ids, text
from shared.domain.kernel.errors import Invalid, NotFound
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import dataclass

# The kinds that each type of link leads from and to; the other end shows the same type as incoming.
TYPES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "caused_by": (frozenset({"event"}), frozenset({"event", "document", "training"})),
    "investigated_in": (frozenset({"event"}), frozenset({"investigation"})),
    "corrected_by": (frozenset({"event", "investigation"}), frozenset({"capa_plan"})),
    "changes": (frozenset({"event", "investigation", "capa_plan"}), frozenset({"document", "training", "change"})),
    "trains": (frozenset({"training"}), frozenset({"document"})),
}


@dataclass(frozen=True)
class Link:
    """A link from one record to another, or to a change."""

    organisation_id: UUID
    id: UUID
    from_id: UUID
    type: str
    to_id: UUID | None
    change_id: UUID | None
    created_by: UUID
    created_at: datetime
    revision: int = 0


@dataclass(frozen=True)
class End:
    """One end of a link: a record or a change."""

    id: UUID
    kind: str
    number: str
    status: str = ""


def type_named(name: str) -> str:
    """The type of link that `name` says; raises Invalid naming `type`."""
    return text.word("type", name, TYPES)


def end_of(found: Mapping[UUID, End], to_id: UUID) -> End:
    """The record or change at the other end; raises NotFound."""
    if to_id not in found:
        raise NotFound(Sentence("no_such_end", "There is no such record or change to link to."))
    return found[to_id]


def link(organisation_id: UUID, start: End, type_: str, end: End, *, by: UUID, at: datetime) -> Link:
    """A new link; raises Invalid if its type doesn't lead from the one kind to the other."""
    sources, targets = TYPES[type_named(type_)]
    if start.id == end.id:
        raise Invalid("to_id", Sentence("link_to_itself", "A record isn't linked to itself."))
    if start.kind not in sources or end.kind not in targets:
        raise Invalid(
            "type",
            Sentence(
                "link_between_others",
                "'{link}' leads from {sources:or} to {targets:or}, not from {source} to {target}.",
                link=Term(type_),
                sources=tuple(map(Term, sorted(sources))),
                targets=tuple(map(Term, sorted(targets))),
                source=Term(start.kind),
                target=Term(end.kind),
            ),
        )
    to_change = end.kind == "change"
    return Link(
        organisation_id=organisation_id,
        id=ids.new(at),
        from_id=start.id,
        type=type_named(type_),
        to_id=None if to_change else end.id,
        change_id=end.id if to_change else None,
        created_by=by,
        created_at=at,
    )
