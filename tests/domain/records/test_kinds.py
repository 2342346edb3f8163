"""Who may see a record at all: readers see what is in force, of the kinds that have readers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.documents import documents
from shared.domain.records.kinds import KINDS


def test_readers_see_documents_and_trainings_in_force_and_nothing_else() -> None:
    seen = {(kind.name, status) for kind in KINDS.values() for status in kind.workflow.statuses if kind.is_read_by_all(status)}
    assert seen == {("document", "effective"), ("training", "active")}


@pytest.mark.parametrize("status", documents.WORKFLOW.statuses)
def test_of_a_kind_without_readers_they_see_nothing_even_in_force(status: str) -> None:
    assert not replace(documents.KIND, readers=False).is_read_by_all(status)
