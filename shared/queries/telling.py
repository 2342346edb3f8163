"""Telling people at once of what waits for them, by mail and among their notices."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from shared.db import words
from shared.db.sql import sql
from shared.domain.waiting import waits
from shared.domain.waiting.waits import TOLD
from shared.queries.waiting import branch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from shared.db.transaction import Transaction

OPTIONAL: Final = f"array[{', '.join(map(words.quoted, waits.OPTIONAL))}]"  # what people may choose to be told of in another way
FEW: Final = 3  # things that are told in a mail each


@cache
def _told(condition: str) -> str:
    return sql(
        "told_at_once",
        optional=OPTIONAL,
        waiting=" union all ".join(f"select w.* from ({branch(wait)}) w where {condition}" for wait in TOLD),
    )


def tell_waiting(tx: Transaction, ids: Iterable[UUID], taker: str) -> None:
    """Tell people at once of what waits for them because these things were just saved; `taker` knows already."""
    _tell(tx, "w.id = any(:ids::uuid[])", taker, ids=sorted(map(str, ids)))


def tell_successor(tx: Transaction, person_id: UUID, taker: str) -> None:
    """Tell somebody of everything that waits for them and that they weren't told of: others' work that they took over."""
    _tell(tx, "w.holder_id = :successor", taker, successor=person_id)


def _tell(tx: Transaction, condition: str, taker: str, **given: object) -> None:
    tx.rows(
        _told(condition),
        **given,
        zone=tx.organisation.time_zone,
        organisation_name=tx.organisation.name,
        taker=taker.removeprefix("person:") if taker.startswith("person:") else None,
        few=FEW,
    )
