"""Actions and the extensions of whatever is due, in the database and as they show."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers import actions as answers
from shared.db import words
from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.capa import actions
from shared.domain.capa.actions import Action
from shared.domain.capa.extensions import Asked, Due, Extension
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence
from shared.queries.dossiers import load_dossier
from shared.queries.names import person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member
    from shared.domain.records.dossiers import Dossier
    from shared.domain.trainings.assignments import Assignment

WAITING = f"exists (select from extensions e where e.status in {words.REQUESTED} and e.{{column}} = x.id) as waiting"


def extension_rows(where: str) -> str:
    """SQL for the extensions `e` as JSON, with the names of who asked and who decided, the newest hundred."""
    return sql("extensions", requested_by=person("e.requested_by"), decided_by=person("e.decided_by"), where=where)


ACTION = sql(
    "action",
    owner=person("a.owner_id"),
    completed_by=person("a.completed_by"),
    verified_by=person("a.verified_by"),
    extensions=extension_rows("e.action_id = a.id"),
)


def action_rows(where: str) -> str:
    """SQL for the actions `a` as JSON, in the order in which they were planned."""
    return f"(select jsonb_agg({ACTION} order by length(a.key), a.key) from actions a where {where})"


def load_action(tx: Transaction, action_id: UUID) -> Action:
    """One action; raises NotFound."""
    row = tx.row("select to_jsonb(a) as action from actions a where a.id = :id", id=action_id)
    if row is None:
        raise NotFound(Sentence("no_such_action", "There is no such action."))
    return read(Action, row.action)


def load_due(tx: Transaction, kind: str, subject_id: UUID) -> Due:
    """The action, assignment or record that is due, and whether an extension of it waits; raises NotFound."""
    return {"action": partial(_due_action, tx), "assignment": partial(_due_assignment, tx), "record": partial(_due_record, tx)}[kind](
        subject_id
    )


def _due_action(tx: Transaction, action_id: UUID) -> Due:
    row = tx.row(f"select to_jsonb(x) as action, {WAITING.format(column='action_id')} from actions x where x.id = :id", id=action_id)
    if row is None:
        raise NotFound(Sentence("no_such_action", "There is no such action."))
    return of_action(read(Action, row.action), waiting=row.waiting)


def _due_record(tx: Transaction, record_id: UUID) -> Due:
    found = load_dossier(tx, record_id)
    row = tx.row(
        f"select exists (select from extensions e where e.status in {words.REQUESTED} and e.record_id = :id) as waiting", id=record_id
    )
    return of_record(found, waiting=bool(row and row.waiting))


def _due_assignment(tx: Transaction, assignment_id: UUID) -> Due:
    from shared.domain.trainings.assignments import Assignment

    row = tx.row(
        f"select to_jsonb(x) as assignment, r.number, {WAITING.format(column='assignment_id')} from assignments x"
        " join records r on r.organisation_id = x.organisation_id and r.id = x.record_id where x.id = :id",
        id=assignment_id,
    )
    if row is None:
        raise NotFound(Sentence("no_such_assignment", "There is no such assignment."))
    return of_assignment(read(Assignment, row.assignment), row.number, waiting=row.waiting)


def load_extension(tx: Transaction, extension_id: UUID) -> Asked:
    """One extension with what it is about; raises NotFound."""
    row = tx.row("select to_jsonb(e) as extension from extensions e where e.id = :id", id=extension_id)
    if row is None:
        raise NotFound(Sentence("no_such_extension", "There is no such extension."))
    extension = read(Extension, row.extension)
    subjects = {"action": extension.action_id, "assignment": extension.assignment_id, "record": extension.record_id}
    [(kind, subject_id)] = [(kind, one) for kind, one in subjects.items() if one is not None]
    return Asked(extension, load_due(tx, kind, subject_id))


def show_action(tx: Transaction, action_id: UUID, by: Member) -> answers.Action:
    """One action as it shows; raises NotFound."""
    row = tx.row(f"select {ACTION} as row from actions a where a.id = :id", id=action_id)
    if row is None:
        raise NotFound(Sentence("no_such_action", "There is no such action."))
    return shown_action(row.row, by)


def show_extension(tx: Transaction, extension_id: UUID, by: Member) -> answers.Extension:
    """One extension as it shows."""
    asked = load_extension(tx, extension_id)
    row = tx.row(f"select {extension_rows('e.id = :id')} as rows", id=extension_id)
    assert row is not None  # noqa: S101 - a select without a table has one row
    return shown_extension(row.rows[0], asked.due, by)


def of_action(action: Action, *, waiting: bool = False) -> Due:
    """An action as something that is due: until it is done."""
    over = action.status != actions.Status.OPEN
    return Due("action", action, action.number, action.owner_id, action.due_on, over, waiting)


def of_assignment(one: Assignment, number: str, *, waiting: bool = False) -> Due:
    """A training assignment as something that is due, under the number of what is to be learnt."""
    return Due("assignment", one, number, one.person_id, one.due_on, one.closed_at is not None, waiting)


def of_record(found: Dossier, *, waiting: bool = False) -> Due:
    """A record as something that is due; a document's date is that of its next review."""
    record = found.record
    over, version = record.closed_at is not None, found.current if record.kind == "document" else None
    return Due("record", record, record.number, record.owner_id, record.due_on, over, waiting, version)


def shown_actions(rows: Iterable[Mapping[str, Any]] | None, by: Member) -> list[answers.Action]:
    """Actions from the JSON of `action_rows`."""
    return [shown_action(row, by) for row in rows or ()]


def shown_action(row: Mapping[str, Any], by: Member) -> answers.Action:
    """An action from the JSON of `ACTION`."""
    action = read(Action, row["action"])
    return answers.action(action, shown_extensions(row["extensions"], of_action(action), by), row, by)


def shown_extensions(rows: Iterable[Mapping[str, Any]] | None, due: Due, by: Member) -> list[answers.Extension]:
    """Extensions from the JSON of `extension_rows`."""
    return [shown_extension(row, due, by) for row in rows or ()]


def shown_extension(row: Mapping[str, Any], due: Due, by: Member) -> answers.Extension:
    """An extension of what is `due`."""
    return answers.extension(Asked(read(Extension, row["extension"]), due), row, by)
