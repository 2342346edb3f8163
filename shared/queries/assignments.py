"""Training assignments in the database: one with everything that its steps look at, and the lists."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers import trainings as answers
from shared.answers.pages import Page, page
from shared.db.rows import read, read_all
from shared.db.sql import sql
from shared.domain.kernel.canonical import sha256
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence
from shared.domain.people.people import STAFF
from shared.domain.signing.signatures import Signable
from shared.domain.trainings import assignments
from shared.domain.trainings.assignments import Assigned, Assignment
from shared.domain.trainings.quizzes import Attempt
from shared.queries import orders
from shared.queries.actions import extension_rows, of_assignment, shown_extensions
from shared.queries.briefs import show_briefs
from shared.queries.names import person
from shared.queries.shown_records import rows_page
from shared.queries.shown_signatures import SIGNATURES, signatures

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.domain.people.people import Member
    from shared.domain.records.records import Record

POINTER = "jsonb_build_object('id', r.id, 'kind', r.kind, 'number', r.number, 'title', r.title, 'status', r.status)"
ASSIGNED = sql(
    "assignment",
    training=POINTER,
    person=person("a.person_id"),
    assigned_by=person("a.assigned_by"),
    trainer=person("y.person_id"),
    signatures=SIGNATURES,
    extensions=extension_rows("e.assignment_id = a.id"),
)
ASSIGNMENTS = sql(
    "assignments",
    training=POINTER,
    person=person("x.person_id"),
    assigned_by=person("x.assigned_by"),
    trainer=person("y.person_id"),
)
CONDITIONS = {
    "state": "x.status = :state",
    "person": "x.person_id = :person",
    "mine": "x.person_id = :mine",
    "training": "x.record_id = :training",
    "late": "(x.closed_at is null and x.due_on < :today) = :late",
}


def load_assignment(tx: Transaction, assignment_id: UUID) -> Assigned:
    """One assignment with what its steps look at; raises NotFound."""
    return _assigned(_assignment(tx, assignment_id))


def signable_assignment(found: Assigned) -> Signable:
    """What a signature under an assignment signs."""
    kept = assignments.signed_content(found)
    row = found.assignment
    return Signable("assignment", row.id, sha256(kept), None, None, row.record_id, row.version, content=kept)


def show_assignment(tx: Transaction, assignment_id: UUID, by: Member) -> answers.Assignment:
    """One assignment: for its learner, its trainer and the staff; raises NotFound."""
    row = _assignment(tx, assignment_id)
    found = _assigned(row)
    if not (STAFF.admits(by) or by.person_id in (found.assignment.person_id, found.trainer_id)):
        raise NotFound(Sentence("no_such_assignment", "There is no such assignment."))
    due = of_assignment(found.assignment, found.number)
    details = {**row, "signatures": signatures(row["signatures"]), "extensions": shown_extensions(row["extensions"], due, by)}
    return answers.single(found, details, tx.today, by)


def assignments_page(
    tx: Transaction, by: Member, filters: Mapping[str, object], limit: int, cursor: str | None, *, sort: str = "newest"
) -> Page[answers.ListedAssignment]:
    """Assignments, newest first; who isn't staff sees their own."""
    given = {name: value for name, value in filters.items() if value is not None}
    where = "".join(f" and {CONDITIONS[name]}" for name in given)
    if not STAFF.admits(by):
        where, given = f"{where} and x.person_id = :own", {**given, "own": by.person_id}
    today = {"today": tx.today} if "late" in given else {}
    rows, following, total = rows_page(tx, f"{ASSIGNMENTS}{where}", limit, cursor, order=orders.ASSIGNMENTS[sort], **given, **today)
    items = [answers.listed(_listed(row), row, tx.today, by) for row in rows]
    return page(items, following, total)


def show_assigned(tx: Transaction, training: Record, assigned: int, present: int, by: Member) -> answers.AssignedByHand:
    """What assigning by hand did, with the newest hundred assignments of the training."""
    newest = assignments_page(tx, by, {"training": training.id, "state": "assigned"}, 100, None)["items"]
    [shown] = show_briefs(tx, [training.id])
    return {"training": shown, "assigned": assigned, "present": present, "assignments": newest[:assigned]}


def _assignment(tx: Transaction, assignment_id: UUID) -> dict[str, Any]:
    row = tx.row(ASSIGNED, id=assignment_id, zone=tx.organisation.time_zone)
    if row is None:
        raise NotFound(Sentence("no_such_assignment", "There is no such assignment."))
    return dict(row._asdict())


def _listed(row: Mapping[str, Any]) -> Assigned:
    """An assignment as far as its steps look at it: of the quiz whether there is one, and how its attempts ended."""
    attempts = [{**one, "questions": []} for one in row["attempts"] or ()]
    return _assigned({**row, "content_sha256": "", "document": None, "files": None, "attempts": attempts})


def _assigned(row: Mapping[str, Any]) -> Assigned:
    files = {one["id"]: one["sha256"] for one in row["files"] or ()}
    document = {name: row["document"][name] for name in ("number", "version", "content_sha256")} if row["document"] else None
    suspended_on = row["document"]["suspended_on"] if row["document"] else None
    trainer = UUID(row["trainer"]["id"]) if row["trainer"] else None
    training = row["training"]
    return Assigned(
        read(Assignment, row["assignment"]),
        training["kind"],
        training["number"],
        row["content"],
        row["content_sha256"],
        document,
        files,
        trainer,
        read_all(Attempt, row["attempts"]),
        date.fromisoformat(suspended_on) if suspended_on else None,
    )
