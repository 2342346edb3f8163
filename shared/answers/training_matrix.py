"""Answers about the training matrix: people by trainings, with the state of each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import Named
from shared.answers.rows import written

if TYPE_CHECKING:
    from shared.domain.trainings.training_matrix import Cell


class Subject(TypedDict):
    """The training, or the document that must be read."""

    id: str
    kind: str
    number: str
    title: str


class MatrixCell(TypedDict):
    """The state of one person in one training: trained, assigned, overdue, locked, expired, waived or none."""

    training: Subject
    version: int
    document_id: str | None
    document_version: int | None
    state: str
    date: str | None
    due_on: str | None
    valid_until: str | None
    assignment_id: str | None


class MatrixRow(TypedDict):
    """One person with the trainings that concern them."""

    person: Named
    trainings: list[MatrixCell]


class Matrix(TypedDict):
    """The training matrix of a day: people by trainings."""

    on: str
    items: list[MatrixRow]
    next_cursor: str | None


def matrix_row(person: Named, cells: Sequence["Cell"]) -> MatrixRow:
    """One person with their state in each training."""
    return {"person": person, "trainings": [_cell(one) for one in cells]}


def _cell(one: "Cell") -> MatrixCell:
    need = one.requirement
    return {
        "training": {"id": str(need.record_id), "kind": need.kind, "number": need.number, "title": need.title},
        "version": need.version,
        "document_id": written(need.document_id),
        "document_version": need.document_version,
        "state": one.state,
        "date": written(one.on),
        "due_on": written(one.due_on),
        "valid_until": written(one.valid_until),
        "assignment_id": str(one.assignment.id) if one.assignment else None,
    }
