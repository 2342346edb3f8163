"""One training."""

from __future__ import annotations

from uuid import UUID

from shared import people
from shared.io.call import Call
from shared.io.http import query
from shared.io.shapes.records import Record


@query(who=people.READERS)
def get_training(call: Call, id: UUID) -> Record:
    """Show a training; which answers are right is hidden from readers, and from whoever has yet to complete it."""
    return call.store.show(id, call.member, "training")
