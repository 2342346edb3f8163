"""Links between records: real relations, typed, seen from both ends (domain: event, investigation, CAPA plan, change, training)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared import ids
from shared.errors import Invalid

# From which kind to which a type of link leads, and how it reads from the other end.
TYPES: dict[str, tuple[frozenset[str], frozenset[str], str]] = {
    "caused_by": (frozenset({"event"}), frozenset({"event", "document", "training"}), "causes"),
    "investigated_in": (frozenset({"event"}), frozenset({"investigation"}), "investigates"),
    "corrected_by": (frozenset({"event", "investigation"}), frozenset({"capa_plan"}), "corrects"),
    "changes": (frozenset({"event", "investigation", "capa_plan"}), frozenset({"document", "training", "change"}), "changed_by"),
    "trains": (frozenset({"training"}), frozenset({"document"}), "trained_by"),
}


@dataclass(frozen=True)
class Link:
    """A relation from one record to another, or to a change."""

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
    """What a link can begin or end at: a record, or a change."""

    id: UUID
    kind: str
    number: str


def link(organisation_id: UUID, start: End, type_: str, end: End, *, by: UUID, at: datetime) -> Link:
    """A link; raises Invalid where the type doesn't lead from the one kind to the other."""
    if type_ not in TYPES:
        raise Invalid("type", f"This must be one of: {', '.join(TYPES)}.")
    sources, targets, _ = TYPES[type_]
    if start.kind not in sources or end.kind not in targets:
        sentence = f"{type_} leads from {' or '.join(sorted(sources))} to {' or '.join(sorted(targets))}."
        raise Invalid("type", sentence)
    if start.id == end.id:
        raise Invalid("to_id", "A record isn't linked to itself.")
    to_change = end.kind == "change"
    return Link(organisation_id, ids.new(at), start.id, type_, None if to_change else end.id, end.id if to_change else None, by, at)
