"""Where the chains stand, and what the database remembers of the last seal: a hint that saves work, and nothing that is believed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.db.sql import sql
from shared.domain.kernel.values import dataclass
from shared.domain.signing.seals import Checkpoint, Head, Seal, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.db.transaction import Transaction

STATE: Final = sql("seal_state", of="(select current_setting('app.organisation_id')::uuid as id)")
PEOPLE: Final = sql("seal_people")
ENTRIES: Final = sql("seal_entries")
BROKEN: Final = sql("seal_broken")
REMEMBER: Final = sql("seal_remember")


@dataclass(frozen=True)
class State:
    """What the database says: the number of the last seal it remembers (0 for none), whether anything moved since, and the heads."""

    number: int
    moved: bool
    heads: tuple[Head, ...]


def state(tx: Transaction) -> State:
    """Where the organisation's chains stand, in one statement."""
    row = tx.row(STATE)
    heads = row.heads or []
    moved = (heads, row.people_sha256) != (row.sealed, row.sealed_people) if row.number else bool(heads)
    return State(row.number or 0, moved, tuple(Head(each["lane"], each["sequence"], each["digest"]) for each in heads))


def standing(tx: Transaction) -> Standing:
    """The same with every member's own chain."""
    people = tuple(Head(0, row.sequence, row.digest, row.person_id) for row in tx.rows(PEOPLE))
    return Standing(state(tx).heads, people)


def entries_between(tx: Transaction, before: Checkpoint | None, now: Standing) -> int:
    """How many entries the organisation's chains gained."""
    after = before.heads if before else ()
    return int(tx.row(ENTRIES, upto=_text(now.heads), after=_text(after)).entries)


def first_broken(tx: Transaction, organisation_id: UUID, sealed: Iterable[tuple[int, Head]]) -> dict[str, Any] | None:
    """The first of these heads (each with its seal's number) that isn't where it was sealed, as it was."""
    heads = [
        {
            "seal": number,
            "chain": str(head.person_id or organisation_id),
            "lane": head.lane,
            "sequence": head.sequence,
            "digest": head.digest,
        }
        for number, head in sealed
    ]
    found = tx.row(BROKEN, heads=json.dumps(heads)) if heads else None
    return None if found is None else {name: str(value) if isinstance(value, UUID) else value for name, value in found._asdict().items()}


def remember(tx: Transaction, seal: Seal) -> None:
    """The last seal, for the next minute's question whether anything moved."""
    one = seal.checkpoint
    tx.rows(
        REMEMBER,
        organisation=one.organisation_id,
        number=one.number,
        at=one.at,
        heads=_text(one.heads),
        people=one.people_sha256,
        sha256=one.sha256,
        signature=seal.signature,
    )


def _text(heads: Iterable[Head]) -> str:
    return json.dumps([{"lane": head.lane, "sequence": head.sequence, "digest": head.digest} for head in heads])
