"""The impact of a change: what hangs together with the records that it alters, which trainings, and whom it concerns (ISO 13485 4.1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.domain.kernel.canonical import Json


def assessment(found: Mapping[str, object]) -> Json:
    """What the authors and QA read beside the words of `impact`: records, trainings, and people, the untrained ones first.

    Of records and trainings the newest hundred show, of the people all are counted and a hundred are named.
    """
    counted = found.get("people")
    people = dict(counted) if isinstance(counted, Mapping) else {"count": 0, "untrained": 0}
    people["named"] = found.get("named") or []
    return {"records": found.get("records") or [], "trainings": found.get("trainings") or [], "people": people}
