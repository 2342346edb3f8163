"""Everything about one change or one training assignment, read to be exported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.answers.audit_trail import plain_entry, with_names
from shared.answers.exported_stories import AssignmentMaterial, ChangeMaterial, Story
from shared.answers.rows import moments
from shared.db.sql import sql
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.ids import ids_in
from shared.domain.kernel.sentences import Sentence
from shared.domain.reports import exports
from shared.domain.trainings import quizzes
from shared.queries.assignments import show_assignment
from shared.queries.exports import PLAIN, TRAIL, find_export
from shared.queries.names import person, utc_times
from shared.queries.proposals import load_proposal
from shared.queries.shown_changes import ASKED, read_change
from shared.queries.shown_signatures import SIGNATURES, signatures
from shared.queries.trail_pages import TOLD, changes_in

if TYPE_CHECKING:
    from datetime import datetime

    from shared.answers.exports import Exportable, Form
    from shared.db.transaction import Transaction
    from shared.domain.kernel.canonical import Json
    from shared.domain.people.people import Member

ATTACHED: Final = (
    "(select x.file_id from change_item_files x where x.change_id = c.id union select y.file_id from action_files y"
    " join actions a on a.organisation_id = y.organisation_id and a.id = y.action_id where a.change_id = c.id)"
)
OF_CHANGE: Final = sql(
    "export_of_change",
    plain=PLAIN,
    submitted_by=person("q.submitted_by"),
    moments=utc_times("q", "created_at", "expires_at", "closed_at", "updated_at"),
    signatures=SIGNATURES,
    uploaded_by=person("f.uploaded_by"),
    attached=ATTACHED,
    extended="e.action_id in (select a.id from actions a where a.change_id = c.id)",
)
OF_ASSIGNMENT: Final = sql("export_of_assignment", plain=PLAIN, asked=ASKED)
WHICH: Final = (
    "select case when exists (select from changes c where c.id = :id) then 'change'"
    " when exists (select from assignments a where a.id = :id) then 'assignment' end as kind"
)


def read_story(tx: Transaction, subject_id: UUID, form: Form, by: Member, at: datetime) -> Exportable:
    """The whole of one record, change or training assignment; raises NotFound, and Conflict where it is too long for one export."""
    record = find_export(tx, subject_id, form, by, at)
    if record is not None:
        return record
    kind = tx.row(WHICH, id=subject_id).kind
    if kind is None:
        raise NotFound(Sentence("no_such_record", "There is no such record."))
    return (_change if kind == "change" else _assignment)(tx, subject_id, form, by, at)


def _change(tx: Transaction, change_id: UUID, form: Form, by: Member, at: datetime) -> ChangeMaterial:
    found = read_change(tx, load_proposal(tx, change_id), by)
    row = tx.row(OF_CHANGE, id=change_id)
    names = ("approval_requests", "attachments", "links", "comments", "actions", "extensions")
    parts: dict[str, Any] = {name: [moments(one) for one in getattr(row, name) or []] for name in names}
    parts |= {"signatures": signatures(row.signatures), "counted": row.counted}
    change = found.proposal.change
    told = {**parts, "items": list(found.items), "details": dict(found.details), "follow_ups": list(change.follow_ups)}
    asked = quizzes.asked(found.details["asked"])
    return ChangeMaterial(_story(tx, change_id, change.number, parts, told, form=form, asked=asked, by=by, at=at), found, parts)


def _assignment(tx: Transaction, assignment_id: UUID, form: Form, by: Member, at: datetime) -> AssignmentMaterial:
    shown = show_assignment(tx, assignment_id, by)
    row = tx.row(OF_ASSIGNMENT, id=assignment_id, reader=by.person_id)
    parts: dict[str, Any] = {name: [moments(one) for one in getattr(row, name) or []] for name in ("attempts", "extensions")}
    parts |= {"counted": row.counted}
    told, asked, number = {**parts, "shown": dict(shown)}, quizzes.asked(row.asked), shown["training"]["number"]
    return AssignmentMaterial(_story(tx, assignment_id, number, parts, told, form=form, asked=asked, by=by, at=at), shown, parts)


def _story(
    tx: Transaction,
    subject_id: UUID,
    number: str,
    parts: dict[str, Any],
    told: Mapping[str, Any],
    *,
    form: Form,
    asked: quizzes.Asked,
    by: Member,
    at: datetime,
) -> Story:
    """The trail of it, and what the ids in what is `told` are called; the database's count of the trail joins those of the parts."""
    rows = tx.rows(TRAIL, record_id=subject_id, most=exports.MOST_ENTRIES[form] + 1)
    total = int(rows[0].total) if rows else 0
    exports.refuse_too_long(form, number, total)
    parts["counted"] = {**parts["counted"], "trail": total}
    entries: list[Json] = [plain_entry(one) for one in rows]
    ids = {str(by.person_id), *ids_in(told.values()), *ids_in(entries)}
    found = tx.rows(TOLD, ids=sorted(ids), entries=[one["id"] for one in entries])
    names = {row.id: row.name for row in found if row.change is None} | {str(subject_id): number}
    return Story(
        form=form,
        trail=with_names(entries, names, changes_in(found)),
        names=names,
        asked=asked,
        organisation=tx.organisation,
        by={"id": str(by.person_id), "name": names[str(by.person_id)]},
        at=at,
    )
