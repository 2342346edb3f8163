"""Everything about one record, read at once: in three statements, however much there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.answers.audit_trail import plain_entry, with_names
from shared.answers.exports import Form, Material
from shared.answers.records import brief
from shared.answers.rows import moments
from shared.answers.versions import pairs
from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.kernel import canonical
from shared.domain.kernel.canonical import Json
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.ids import ids_in
from shared.domain.kernel.sentences import Sentence
from shared.domain.records.comparisons import Evidence
from shared.domain.records.differences import changed_files, sides
from shared.domain.records.kinds import KINDS
from shared.domain.records.records import Record
from shared.domain.reports import exports
from shared.domain.trainings import quizzes
from shared.queries.audit_trail import COLUMNS
from shared.queries.evidence import FILE, TEXT, files_named, texts_of, to_evidence
from shared.queries.names import person, team
from shared.queries.shown_changes import ASKED
from shared.queries.shown_records import NOTE_FILES, SHOWN_LINKS
from shared.queries.shown_signatures import SIGNATURES, signatures
from shared.queries.trail_pages import changes_in, names_and_changes
from shared.queries.trail_story import ATTACHED, EXTENDED, LINKED, OF_ACTIONS, ORGANISATION, SIGNED, STORY

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

PLAIN: Final = "- 'organisation_id' - 'revision'"
EXPORT: Final = sql(
    "export",
    owner=person("r.owner_id"),
    team=team("r.team_id"),
    created_by=person("r.created_by"),
    asked=ASKED,
    signatures=SIGNATURES,
    signed=SIGNED,
    uploaded_by=person("f.uploaded_by"),
    attached=ATTACHED,
    author=person("n.author_id"),
    note_files=NOTE_FILES,
    linked=LINKED,
    shown_links=SHOWN_LINKS,
    plain=PLAIN,
    of_actions=OF_ACTIONS,
    extended=EXTENDED,
)
TRAIL: Final = sql("export_trail", columns=COLUMNS, organisation=ORGANISATION, story=STORY)
NAMES: Final = names_and_changes(FILE, TEXT)


def read_export(tx: Transaction, record_id: UUID, form: Form, by: Member, at: datetime) -> Material:
    """The whole of one record, with the database's own counts; raises NotFound, and Conflict where it is too long for one export."""
    found = find_export(tx, record_id, form, by, at)
    if found is None:
        raise NotFound(Sentence("no_such_record", "There is no such record."))
    return found


def find_export(tx: Transaction, record_id: UUID, form: Form, by: Member, at: datetime) -> Material | None:
    """The same; None where there is no such record."""
    row = tx.row(EXPORT, id=record_id, reader=by.person_id)
    if row is None:
        return None
    trail = tx.rows(TRAIL, record_id=record_id, most=exports.MOST_ENTRIES[form] + 1)
    total = int(trail[0].total) if trail else 0
    exports.refuse_too_long(form, row.record["number"], total)
    entries = [plain_entry(one) for one in trail]
    found: dict[str, Any] = {
        name: [moments(one) for one in getattr(row, name) or []]
        for name in ("versions", "attachments", "notes", "links", "changes", "actions", "extensions", "assignments")
    }
    found |= {"record": _record(row), "signatures": signatures(row.signatures), "counted": {**row.counted, "trail": total}}
    names, evidence, changes = _names(tx, found, entries, by)
    return Material(
        form=form,
        found=found,
        trail=with_names(entries, names, changes),
        names=names,
        evidence=evidence,
        asked=quizzes.asked(row.asked),
        organisation=tx.organisation,
        by={"id": str(by.person_id), "name": names[str(by.person_id)]},
        at=at,
    )


def count_entries(tx: Transaction, from_at: datetime, to_at: datetime) -> int:
    """How many entries of the organisation's trail fall into a time, both ends included."""
    row = tx.row(
        f"select count(*) as entries from audit_entries e where e.organisation_id = {ORGANISATION}"
        " and e.at between cast(:from_at as timestamptz) and cast(:to_at as timestamptz)",
        from_at=from_at,
        to_at=to_at,
    )
    return int(row.entries)


def _names(
    tx: Transaction, found: Mapping[str, Any], entries: list[Json], by: Member
) -> tuple[dict[str, str], Evidence, dict[int, Mapping[str, object]]]:
    """What the ids in it are called, the files that its versions name, with the texts of those compared, and the entries' changes."""
    record, kind = found["record"], KINDS[found["record"]["kind"]]
    first = exports.original(record, entries)
    named = files_named(kind, (*found["versions"], record, first or {}))
    compared = pairs(found["versions"], named)
    if first is not None:
        compared += changed_files(*sides(first, record), named)
    ids = {str(by.person_id), *ids_in(found.values()), *ids_in(entries)}
    rows = tx.rows(NAMES, ids=sorted(ids), entries=[one["id"] for one in entries], **texts_of(compared))
    names = {row.id: row.name for row in rows if row.change is None}
    evidence = to_evidence((row for row in rows if row.file is not None and row.file["id"] in named), compared).naming(names)
    return names, evidence.of(kind.renditions), changes_in(rows)


def _record(row: Any) -> Json:  # noqa: ANN401 - its columns are the statement's
    kept = moments(row.record)
    more = {
        name: canonical.plain(kept[name]) for name in ("owner_id", "team_id", "latest_version", "effective_version", "content", "closed_at")
    }
    return {**brief(read(Record, row.record), row.owner, row.team), **more, "in_approval": row.in_approval, "created_by": row.created_by}
