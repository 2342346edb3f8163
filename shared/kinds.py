"""Every kind of record there is."""

from __future__ import annotations

from collections.abc import Mapping

from shared import documents, events
from shared.kind import Kind
from shared.records import Record

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (documents.KIND, events.KIND)}


def in_force(record: Record) -> bool:
    """Whether somebody who only reads may see the record: a document or a training in force."""
    return record.status in KINDS[record.kind].read_by_all
