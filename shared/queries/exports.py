"""Everything about one record, read at once: in three statements, however much there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.answers.audit_trail import entry
from shared.answers.records import brief
from shared.answers.versions import versions
from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.kernel import canonical
from shared.domain.kernel.canonical import Json
from shared.domain.kernel.errors import NotFound
from shared.domain.records.kinds import KINDS
from shared.domain.records.records import Record
from shared.domain.reports import exports, printouts
from shared.domain.trainings import quizzes
from shared.queries.audit_trail import COLUMNS
from shared.queries.names import NAME, person, team
from shared.queries.shown_records import ASKED, SIGNATURES, signatures

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

LONGEST_TEXT: Final = 200_000  # characters of a file that are compared between versions
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
    plain=PLAIN,
    of_actions=OF_ACTIONS,
    extended=EXTENDED,
)
TRAIL: Final = sql("export_trail", columns=COLUMNS, organisation=ORGANISATION)
NAMES: Final = sql("export_names", name=NAME)


def read_export(tx: Transaction, record_id: UUID, form: str, by: Member, at: datetime) -> exports.Export:
    """The whole of one record, with counts that reconcile; raises NotFound, and Conflict where it is too long for one export."""
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
    names, texts = _names(tx, row.record["kind"], found, entries, by)
    found["versions"] = versions(found["versions"], texts)
    exporter = {"id": str(by.person_id), "name": names[str(by.person_id)]}
    made = exports.whole(found, entries, names, texts, organisation=tx.organisation, by=exporter, at=at)
    exports.refuse_given_away(entries, quizzes.asked(row.asked))
    return made


def count_entries(tx: Transaction, from_at: datetime, to_at: datetime) -> int:
    """How many entries of the organisation's trail fall into a time, both ends included."""
    row = tx.row(
        f"select count(*) as entries from audit_entries e where e.organisation_id = {ORGANISATION}"
        " and e.at between cast(:from_at as timestamptz) and cast(:to_at as timestamptz)",
        from_at=from_at,
        to_at=to_at,
    )
    return int(row.entries)


def _names(tx: Transaction, kind: str, found: Mapping[str, Any], entries: list[Json], by: Member) -> tuple[dict[str, str], dict[str, str]]:
    """What the ids in it are called, and the texts of the files that its versions name."""
    ids = {str(by.person_id), *_ids(found.values()), *_ids(entries)}
    contents = [one["content"] for one in (*found["versions"], found["record"])]
    compared = {str(file_id) for content in contents for _, file_id in KINDS[kind].content.files("", content)}
    rows = tx.rows(NAMES, ids=sorted(ids), compared=sorted(compared), longest=LONGEST_TEXT)
    return {str(row.id): row.name for row in rows}, {str(row.id): row.text for row in rows if row.text is not None}


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
