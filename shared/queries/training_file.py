"""A person's whole training file: every assignment with its results and its signatures (21 CFR 11.10(i), ISO 13485 6.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.answers.rows import as_answer
from shared.answers.training_files import FiledAssignment
from shared.answers.trainings import brief, quiz_result
from shared.db.rows import read, read_all
from shared.db.sql import sql
from shared.domain.trainings.assignments import Assignment
from shared.domain.trainings.quizzes import Attempt
from shared.queries.assignments import POINTER
from shared.queries.names import person
from shared.queries.shown_records import rows_page
from shared.queries.shown_signatures import SIGNATURES, signatures

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db.transaction import Transaction

FILED = sql("training_file", training=POINTER, person=person("x.person_id"), assigned_by=person("x.assigned_by"), signatures=SIGNATURES)
PAGE = 100  # assignments read at once


def training_file_page(tx: Transaction, person_id: UUID, cursor: str | None) -> tuple[list[FiledAssignment], str | None]:
    """The next assignments of a person, newest first, each with its results and its signatures."""
    rows, following, _ = rows_page(tx, f"{FILED} and x.person_id = :person_id", PAGE, cursor, person_id=person_id)
    return [_filed(tx, row) for row in rows], following


def _filed(tx: Transaction, row: dict[str, Any]) -> FiledAssignment:
    return as_answer(
        FiledAssignment,
        {
            **brief(read(Assignment, row["assignment"]), row, tx.today),
            "document": row["document"],
            "results": [quiz_result(one, one.ended_at) for one in read_all(Attempt, row["attempts"]) if one.ended_at is not None],
            "signatures": signatures(row["signatures"]),
        },
    )
