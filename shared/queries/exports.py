"""Everything about one record, read at once: in three statements, however much there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.answers.audit_trail import entry
from shared.answers.exports import Form, Material
from shared.answers.records import brief
from shared.answers.versions import pairs
from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.kernel import canonical
from shared.domain.kernel.canonical import Json
from shared.domain.kernel.errors import NotFound
from shared.domain.records.comparisons import Evidence
from shared.domain.records.differences import changed_files, sides
from shared.domain.records.kinds import KINDS
from shared.domain.records.records import Record
from shared.domain.reports import exports, printouts
from shared.domain.trainings import quizzes
from shared.queries.audit_trail import COLUMNS
from shared.queries.evidence import FILE, TEXT, files_named, texts_of, to_evidence
from shared.queries.names import NAME, person, team
from shared.queries.shown_changes import ASKED
from shared.queries.shown_records import SHOWN_LINKS
from shared.queries.shown_signatures import SIGNATURES, signatures

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

ORGANISATION: Final = "cast(current_setting('app.organisation_id') as uuid)"
OF_CHANGES: Final = "(select i.change_id from present_items i where i.record_id = r.id)"
OF_ACTIONS: Final = f"(a.record_id = r.id or a.change_id in {OF_CHANGES})"
SIGNED: Final = f"(s.record_id = r.id or s.change_id in {OF_CHANGES})"
LINKED: Final = "(l.from_id = r.id or l.to_id = r.id)"
EXTENDED: Final = sql("extensions_of_record", of_actions=OF_ACTIONS)
ATTACHED: Final = sql("files_of_record", of_actions=OF_ACTIONS)
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
    linked=LINKED,
    shown_links=SHOWN_LINKS,
    plain=PLAIN,
    of_actions=OF_ACTIONS,
    extended=EXTENDED,
)
TRAIL: Final = sql("export_trail", columns=COLUMNS, organisation=ORGANISATION)
NAMES: Final = sql("export_names", name=NAME, file=FILE, text=TEXT)


def read_export(tx: Transaction, record_id: UUID, form: Form, by: Member, at: datetime) -> Material:
    """The whole of one record, with the database's own counts; raises NotFound, and Conflict where it is too long for one export."""
    row = tx.row(EXPORT, id=record_id, reader=by.person_id)
    if row is None:
        raise NotFound("There is no such record.")
    keys = [(table, one["id"]) for table in ("links", "actions", "extensions") for one in getattr(row, table) or ()]
    trail = tx.rows(
        TRAIL,
        subjects=[str(one) for one in row.subjects],
        tables=[table for table, _ in keys],
        keys=[key for _, key in keys],
        most=exports.MOST_ENTRIES[form] + 1,
    )
    total = int(trail[0].total) if trail else 0
    exports.refuse_too_long(form, row.record["number"], total)
    entries = [{name: value for name, value in entry(one._asdict()).items() if name not in ("total", "etag")} for one in trail]
    found: dict[str, Any] = {
        name: getattr(row, name) or []
        for name in ("versions", "attachments", "notes", "links", "changes", "actions", "extensions", "assignments")
    }
    found |= {"record": _record(row), "signatures": signatures(row.signatures), "counted": {**row.counted, "trail": total}}
    names, evidence = _names(tx, found, entries, by)
    return Material(
        form=form,
        found=found,
        trail=entries,
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


def _names(tx: Transaction, found: Mapping[str, Any], entries: list[Json], by: Member) -> tuple[dict[str, str], Evidence]:
    """What the ids in it are called, and the files that its versions name, with the texts of those that are compared."""
    record, kind = found["record"], KINDS[found["record"]["kind"]]
    first = exports.original(record, entries)
    named = files_named(kind, (*found["versions"], record, first or {}))
    compared = pairs(found["versions"], named)
    if first is not None:
        compared += changed_files(*sides(first, record), named)
    ids = {str(by.person_id), *_ids(found.values()), *_ids(entries)}
    rows = tx.rows(NAMES, ids=sorted(ids), **texts_of(compared))
    evidence = to_evidence((row for row in rows if row.file is not None and row.file["id"] in named), compared)
    return {str(row.id): row.name for row in rows}, evidence.of(kind.renditions)


def _record(row: Any) -> Json:  # noqa: ANN401 - its columns are the statement's
    kept = row.record
    more = {
        name: canonical.plain(kept[name]) for name in ("owner_id", "team_id", "latest_version", "effective_version", "content", "closed_at")
    }
    return {**brief(read(Record, kept), row.owner, row.team), **more, "in_approval": row.in_approval, "created_by": row.created_by}


def _ids(values: Iterable[object]) -> set[str]:
    """Every id anywhere in it; actors are `person:<id>`."""
    found: set[str] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += chain(value)
        elif isinstance(value, str) and printouts.is_id(value.removeprefix("person:")):
            found.add(value.removeprefix("person:"))
    return found
