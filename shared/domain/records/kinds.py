"""Every kind of record there is."""

from __future__ import annotations

from collections.abc import Mapping

from shared.domain.capa import capa_plans
from shared.domain.documents import documents
from shared.domain.events import events, investigations
from shared.domain.kernel import text
from shared.domain.records.kind import Kind
from shared.domain.records.records import Record
from shared.domain.trainings import trainings

ALL = (documents.KIND, trainings.KIND, events.KIND, investigations.KIND, capa_plans.KIND)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in ALL}


def in_force(record: Record) -> bool:
    """Whether somebody who only reads may see the record: a document or a training in force."""
    return record.status in KINDS[record.kind].read_by_all


def status_named(name: str) -> str:
    """The status that `name` says, of whichever kind; raises Invalid naming `status`."""
    return text.word("status", name, dict.fromkeys(str(status) for kind in KINDS.values() for status in kind.workflow.statuses))
