"""What the answer of a single record holds besides what all kinds have: by kind, each in at most one statement."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from shared.answers.parts import Pointer
from shared.answers.records import FieldsOfKind
from shared.answers.rows import as_answer
from shared.db.sql import sql
from shared.domain.events import event_conditions
from shared.domain.people.people import STAFF

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

if TYPE_CHECKING:
    from shared.domain.people.people import Member
    from shared.domain.records.dossiers import Dossier

RECURRING = sql("recurring_events")


def fields_of_kind(tx: Transaction, found: Dossier, by: Member) -> FieldsOfKind:
    """The further fields of one record."""
    kinds = {"event": partial(_event, tx), "capa_plan": partial(_capa_plan, tx)}
    return kinds[found.record.kind](found, by) if found.record.kind in kinds and STAFF.admits(by) else {}


def _capa_plan(tx: Transaction, found: Dossier, by: Member) -> FieldsOfKind:
    """The actions, with their evidence and extensions, those that were cancelled included."""
    from shared.queries.actions import action_rows, shown_actions

    row = tx.row(f"select {action_rows('a.record_id = :id')} as actions", id=found.record.id)
    return {"actions": shown_actions(row.actions if row else None, by)}


def _event(tx: Transaction, found: Dossier, _by: Member) -> FieldsOfKind:
    """The risk number, and the newest events of the same type with the same place or product (recurring ones)."""
    record = found.record
    rows = tx.rows(
        RECURRING,
        type=record.type,
        id=record.id,
        place=record.content.get("place"),
        product=record.content.get("product"),
    )
    similar = [as_answer(Pointer, {**row._asdict(), "id": str(row.id)}) for row in rows]
    return {"risk_number": event_conditions.risk_number(record.content), "recurring": similar}
