"""The kinds of record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from shared.domain.capa import capa_plans
from shared.domain.documents import documents
from shared.domain.events import events, investigations
from shared.domain.records.kind import Kind
from shared.domain.records.records import Record
from shared.domain.trainings import trainings

ALL = (documents.KIND, trainings.KIND, events.KIND, investigations.KIND, capa_plans.KIND)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in ALL}


class OneOf:
    """Marks content whose schema is that of one of these kinds, depending on the record."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self.kinds = tuple(kinds)

    def schema(self) -> dict[str, object]:
        """The schema of any one of them."""
        return {"anyOf": [kind.content.schema() for kind in self.kinds]}

    def __get_pydantic_json_schema__(self, *_: object) -> dict[str, object]:
        """The same schema, where pydantic reads a dataclass."""
        return self.schema()


AnyContent = Annotated[dict[str, Any], OneOf(ALL)]
WorkingContent = Annotated[dict[str, Any], OneOf(kind for kind in ALL if "edit" in kind.workflow.steps)]


def in_force(record: Record) -> bool:
    """Whether readers may see the record: a document or a training in force."""
    return KINDS[record.kind].is_read_by_all(record.status)
