"""What became of mail, in the database: addresses that aren't mailed any more, and mail that didn't arrive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from shared.db.sql import sql

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.mail.delivery_events import Event

NOTE = sql("note_undelivered")


def note(tx: Transaction, events: Sequence[Event]) -> dict[str, int]:
    """Keep what the events say, each once however often it is delivered."""
    row = tx.row(NOTE, events=json.dumps([asdict(event) for event in events]))
    return {"events": len(events), "suppressed": row.suppressed, "undelivered": row.undelivered}
